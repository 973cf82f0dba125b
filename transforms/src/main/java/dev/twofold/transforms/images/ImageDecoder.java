package dev.twofold.transforms.images;

import dev.twofold.models.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageInputStream;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Bytes to an 8-bit image of one (grey) or three channels (blue, green, red), as large as the
 * target needs or larger. Transparency becomes white. The EXIF orientation of a JPEG is applied,
 * unless it has four inks as they are; that of other formats is not.
 */
final class ImageDecoder implements AutoCloseable {
  private static final int GREY = 1;
  private static final int COLOUR = 3;
  private static final int WITH_ALPHA = 4;
  private static final String GIF_METADATA = "javax_imageio_gif_image_1.0";

  /** What the fourth channel is to the other three. */
  private enum Alpha {
    NONE,
    STRAIGHT,
    /** The colours are multiplied by it already. */
    MULTIPLIED
  }

  private final ImageShape target;
  private final Fit fit;
  private final Mat encoded = new Mat();

  ImageDecoder(ImageShape target, Fit fit) {
    this.target = target;
    this.fit = fit;
    ImageIO.setUseCache(false);
  }

  /** The caller releases the image. */
  Mat decode(byte[] file, ImageHeader header) throws UnreadableImageException {
    try {
      return switch (header.format()) {
        case JPEG, JPEG_CMYK_ADOBE -> decodeJpeg(file, header);
        case JPEG_CMYK -> decodeInks(file);
        case PNG -> decodePng(file);
        case GIF -> decodeGif(file, header);
        case BMP -> decodeBmp(file);
        case WEBP -> opaque(decodeWith(file, Imgcodecs.IMREAD_UNCHANGED), Alpha.STRAIGHT);
        case TIFF -> decodeTiff(file);
      };
    } catch (CvException e) {
      throw UnreadableImageException.of("damaged", e);
    } catch (IOException | RuntimeException e) {
      throw new UnreadableImageException("damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    encoded.release();
  }

  /** The DCT gives a half, a quarter or an eighth of the size for less work than all of it. */
  private Mat decodeJpeg(byte[] file, ImageHeader header) throws UnreadableImageException {
    int flags = target.channels() == GREY ? Imgcodecs.IMREAD_GRAYSCALE : Imgcodecs.IMREAD_COLOR;
    return decodeWith(file, flags | reduction(header));
  }

  private int reduction(ImageHeader header) {
    double factor = factorThatCovers(header);
    if (factor >= 8) {
      return Imgcodecs.IMREAD_REDUCED_GRAYSCALE_8;
    }
    if (factor >= 4) {
      return Imgcodecs.IMREAD_REDUCED_GRAYSCALE_4;
    }
    return factor >= 2 ? Imgcodecs.IMREAD_REDUCED_GRAYSCALE_2 : 0;
  }

  /** How much smaller the image may be and still cover the target, whichever way it is turned. */
  private double factorThatCovers(ImageHeader header) {
    double upright = factorThatCovers(header.width(), header.height());
    double turned = factorThatCovers(header.height(), header.width());
    return Math.min(upright, turned);
  }

  private double factorThatCovers(int width, int height) {
    double across = (double) width / target.width();
    double down = (double) height / target.height();
    return switch (fit) {
      case STRETCH, CROP -> Math.min(across, down);
      case PAD -> Math.max(across, down);
      case INK -> 1; // The strokes may be a small part of the canvas.
    };
  }

  private Mat decodePng(byte[] file) throws UnreadableImageException {
    Mat image = decodeWith(file, Imgcodecs.IMREAD_UNCHANGED);
    if (image.channels() == GREY) {
      PngScan.transparentGrey(file).ifPresent(grey -> whiten(image, grey));
    }
    return opaque(image, Alpha.STRAIGHT);
  }

  /**
   * OpenCV makes a bitmap of OS/2 grey unless it is asked for colour, and takes the fourth byte of
   * a pixel for alpha where it has no meaning.
   */
  private Mat decodeBmp(byte[] file) throws UnreadableImageException {
    BmpHeader header = new BmpHeader(file);
    int flags = header.isCore() ? Imgcodecs.IMREAD_COLOR : Imgcodecs.IMREAD_UNCHANGED;
    Alpha alpha = header.hasAlpha() ? Alpha.STRAIGHT : Alpha.NONE;
    return opaque(decodeWith(file, flags), alpha);
  }

  /** Libtiff, through which OpenCV reads 8 bits, multiplies colours that the file has straight. */
  private Mat decodeTiff(byte[] file) throws UnreadableImageException {
    Mat image = decodeWith(file, Imgcodecs.IMREAD_UNCHANGED);
    if (image.channels() != WITH_ALPHA) {
      return opaque(image, Alpha.NONE);
    }
    int kind = extraSample(file);
    boolean multiplied =
        kind == BaselineTIFFTagSet.EXTRA_SAMPLES_ASSOCIATED_ALPHA
            || (kind == BaselineTIFFTagSet.EXTRA_SAMPLES_UNASSOCIATED_ALPHA
                && image.depth() == CvType.CV_8U);
    return opaque(image, multiplied ? Alpha.MULTIPLIED : Alpha.STRAIGHT);
  }

  /** What a TIFF says that its fourth sample is; unspecified where it does not. */
  private static int extraSample(byte[] file) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("tiff").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      TIFFField field =
          TIFFDirectory.createFromMetadata(reader.getImageMetadata(0))
              .getTIFFField(BaselineTIFFTagSet.TAG_EXTRA_SAMPLES);
      return field == null ? BaselineTIFFTagSet.EXTRA_SAMPLES_UNSPECIFIED : field.getAsInt(0);
    } catch (IOException | RuntimeException e) { // OpenCV has read it, which asks less of the tags
      return BaselineTIFFTagSet.EXTRA_SAMPLES_UNSPECIFIED;
    } finally {
      reader.dispose();
    }
  }

  /** Of one or three channels of 8 bits; the image given is the one returned. */
  private static Mat opaque(Mat image, Alpha alpha) throws UnreadableImageException {
    to8Bits(image);
    if (image.channels() == WITH_ALPHA) {
      onWhite(image, alpha);
    }
    if (image.channels() != GREY && image.channels() != COLOUR) {
      image.release();
      throw new UnreadableImageException("has %d channels".formatted(image.channels()));
    }
    return image;
  }

  private Mat decodeWith(byte[] file, int flags) throws UnreadableImageException {
    encoded.create(1, file.length, CvType.CV_8UC1);
    encoded.put(0, 0, file);
    Mat image = Imgcodecs.imdecode(encoded, flags);
    if (image.empty()) {
      throw new UnreadableImageException("damaged: its content cannot be decoded");
    }
    return image;
  }

  private static void to8Bits(Mat image) throws UnreadableImageException {
    switch (image.depth()) {
      case CvType.CV_8U -> {}
      case CvType.CV_16U -> image.convertTo(image, CvType.CV_8U, 1.0 / 257);
      default -> {
        image.release();
        throw new UnreadableImageException("has pixels of a type other than 8 or 16 bits");
      }
    }
  }

  /** White in place of each pixel of one grey. */
  private static void whiten(Mat image, int grey) {
    Mat transparent = new Mat();
    Core.inRange(image, new Scalar(grey), new Scalar(grey), transparent);
    image.setTo(new Scalar(image.depth() == CvType.CV_16U ? 65535 : 255), transparent);
    transparent.release();
  }

  /** c · α + 255 · (1 − α), per channel; of multiplied colours c + 255 · (1 − α). */
  private static void onWhite(Mat image, Alpha kind) {
    if (kind == Alpha.NONE) {
      Imgproc.cvtColor(image, image, Imgproc.COLOR_BGRA2BGR);
      return;
    }
    List<Mat> planes = new ArrayList<>();
    Mat white = new Mat();
    Core.split(image, planes);
    Mat alpha = planes.get(3);
    Core.bitwise_not(alpha, white);
    for (Mat plane : planes.subList(0, 3)) {
      if (kind == Alpha.STRAIGHT) {
        Core.multiply(plane, alpha, plane, 1.0 / 255);
      }
      Core.add(plane, white, plane);
    }
    Core.merge(planes.subList(0, 3), image);
    planes.forEach(Mat::release);
    white.release();
  }

  /** The first picture, at its place on the screen, which is white around it. */
  private static Mat decodeGif(byte[] file, ImageHeader screen) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      Mat picture = onWhite(reader.read(0));
      return picture.width() == screen.width() && picture.height() == screen.height()
          ? picture
          : placed(picture, screen, gifDescriptor(reader));
    } finally {
      reader.dispose();
    }
  }

  /**
   * A pixel is seen or not. Without a Graphics2D, which asks for the display where one is named.
   */
  private static Mat onWhite(BufferedImage picture) {
    int width = picture.getWidth();
    Mat image = new Mat(picture.getHeight(), width, CvType.CV_8UC3);
    byte[] row = new byte[width * COLOUR];
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        int alphaRedGreenBlue = picture.getRGB(x, y);
        int seen = alphaRedGreenBlue >>> 24 == 0 ? 0xffffff : alphaRedGreenBlue;
        row[x * COLOUR] = (byte) seen;
        row[x * COLOUR + 1] = (byte) (seen >> 8);
        row[x * COLOUR + 2] = (byte) (seen >> 16);
      }
      image.put(y, 0, row);
    }
    return image;
  }

  private static Element gifDescriptor(ImageReader reader) throws IOException {
    Node picture = reader.getImageMetadata(0).getAsTree(GIF_METADATA);
    return (Element) ((Element) picture).getElementsByTagName("ImageDescriptor").item(0);
  }

  /** All of the picture is kept, whatever place its descriptor gives. */
  private static Mat placed(Mat picture, ImageHeader screen, Element descriptor) {
    int left = Integer.parseInt(descriptor.getAttribute("imageLeftPosition"));
    int top = Integer.parseInt(descriptor.getAttribute("imageTopPosition"));
    Rect place =
        new Rect(
            Math.min(left, screen.width() - picture.width()),
            Math.min(top, screen.height() - picture.height()),
            picture.width(),
            picture.height());
    Mat image = new Mat(screen.height(), screen.width(), CvType.CV_8UC3, new Scalar(255, 255, 255));
    Mat view = image.submat(place);
    picture.copyTo(view);
    view.release();
    picture.release();
    return image;
  }

  /** Inks as they are: r = (255 − c)(255 − k) / 255, and so on. */
  private static Mat decodeInks(byte[] file) throws IOException {
    Raster raster = readRaster(file);
    byte[] pixels = new byte[raster.getWidth() * raster.getHeight() * COLOUR];
    int[] inks = new int[4];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x++) {
        raster.getPixel(x, y, inks);
        int light = 255 - inks[3];
        for (int ink = 2; ink >= 0; ink--) {
          pixels[at++] = (byte) ((255 - inks[ink]) * light / 255);
        }
      }
    }
    return colourImage(raster.getWidth(), raster.getHeight(), pixels);
  }

  private static Raster readRaster(byte[] file) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return reader.readRaster(0, null);
    } finally {
      reader.dispose();
    }
  }

  private static Mat colourImage(int width, int height, byte[] blueGreenRed) {
    Mat image = new Mat(height, width, CvType.CV_8UC3);
    image.put(0, 0, blueGreenRed);
    return image;
  }
}
