package dev.twofold.transforms.images;

import dev.twofold.models.ImageShape;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Makes the bytes of an image file an image of one shape. One a thread: it reuses its buffers.
 *
 * <p>Deterministic: the same bytes give the same pixels.
 */
public final class ImagePreparer implements AutoCloseable {
  /** Twice the largest image, since around one of the target's proportions a canvas has 1.44. */
  private static final long MAX_CANVAS_PIXELS = 2 * ImageHeader.MAX_PIXELS;

  private final ImageShape shape;
  private final Fit fit;
  private final ImageDecoder decoder;
  private final Mat intermediate;
  private final Mat resized;
  private final Mat canvas;
  private final Mat coloured;
  private final InkBox inkBox;

  public ImagePreparer(ImageShape shape, Fit fit) {
    OpenCv.load();
    this.shape = shape;
    this.fit = fit;
    this.decoder = new ImageDecoder(shape, fit);
    this.intermediate = new Mat();
    this.resized = new Mat();
    this.canvas = new Mat();
    this.coloured = new Mat();
    this.inkBox = new InkBox();
  }

  /**
   * Decodes, fits and orders the channels.
   *
   * @throws UnreadableImageException with the reason, when the file is damaged, empty, oversized or
   *     no image
   * @throws ImageMemoryException when this machine lacks the memory for it
   */
  public PreparedImage prepare(byte[] file) throws UnreadableImageException {
    ImageHeader header = ImageHeader.parse(file);
    Mat decoded = decoder.decode(file, header);
    try {
      return new PreparedImage(pixels(fitted(decoded)), header.width(), header.height());
    } catch (CvException e) {
      throw UnreadableImageException.of("cannot be resized", e);
    } finally {
      decoded.release();
    }
  }

  @Override
  public void close() {
    decoder.close();
    intermediate.release();
    resized.release();
    canvas.release();
    coloured.release();
    inkBox.close();
  }

  private Mat fitted(Mat image) throws UnreadableImageException {
    return switch (fit) {
      case STRETCH -> resize(image, shape.width(), shape.height());
      case CROP -> resizePart(image, centre(image));
      case PAD -> pad(image);
      case INK -> resizeInk(image);
    };
  }

  /** The largest centred part of the target's aspect ratio. */
  private Rect centre(Mat image) {
    double scale =
        Math.min((double) image.width() / shape.width(), (double) image.height() / shape.height());
    int width = Math.max(1, (int) Math.round(shape.width() * scale));
    int height = Math.max(1, (int) Math.round(shape.height() * scale));
    return new Rect((image.width() - width) / 2, (image.height() - height) / 2, width, height);
  }

  private Mat resizePart(Mat image, Rect part) {
    Mat view = image.submat(part);
    try {
      Mat fitted = resize(view, shape.width(), shape.height());
      if (fitted == view) { // which is empty once it is released
        view.copyTo(resized);
        return resized;
      }
      return fitted;
    } finally {
      view.release();
    }
  }

  private Mat pad(Mat image) {
    double scale =
        Math.min((double) shape.width() / image.width(), (double) shape.height() / image.height());
    int width = (int) Math.max(1, Math.round(image.width() * scale));
    int height = (int) Math.max(1, Math.round(image.height() * scale));
    int left = (shape.width() - width) / 2;
    int top = (shape.height() - height) / 2;
    Mat inner = resize(image, width, height);
    Core.copyMakeBorder(
        inner,
        canvas,
        top,
        shape.height() - height - top,
        left,
        shape.width() - width - left,
        Core.BORDER_CONSTANT,
        new Scalar(0, 0, 0));
    return canvas;
  }

  private Mat resizeInk(Mat image) throws UnreadableImageException {
    Rect box = inkBox.find(image, (double) shape.width() / shape.height());
    if ((long) box.width * box.height > MAX_CANVAS_PIXELS) {
      throw new UnreadableImageException(
          "oversized: its strokes need a canvas of %d x %d pixels (must be at most %d)"
              .formatted(box.width, box.height, MAX_CANVAS_PIXELS));
    }
    Rect inside = intersection(box, image);
    Mat view = image.submat(inside);
    try {
      Core.copyMakeBorder(
          view,
          canvas,
          inside.y - box.y,
          box.y + box.height - inside.y - inside.height,
          inside.x - box.x,
          box.x + box.width - inside.x - inside.width,
          Core.BORDER_CONSTANT,
          new Scalar(255, 255, 255));
    } finally {
      view.release();
    }
    return resize(canvas, shape.width(), shape.height());
  }

  private static Rect intersection(Rect box, Mat image) {
    int left = Math.max(0, box.x);
    int top = Math.max(0, box.y);
    int right = Math.min(image.width(), box.x + box.width);
    int bottom = Math.min(image.height(), box.y + box.height);
    return new Rect(left, top, right - left, bottom - top);
  }

  /** Shrinks by area, which does not alias, then grows what is too small. */
  private Mat resize(Mat image, int width, int height) {
    int shrunkWidth = Math.min(width, image.width());
    int shrunkHeight = Math.min(height, image.height());
    Mat current = image;
    if (shrunkWidth < image.width() || shrunkHeight < image.height()) {
      Imgproc.resize(
          image, intermediate, new Size(shrunkWidth, shrunkHeight), 0, 0, Imgproc.INTER_AREA);
      current = intermediate;
    }
    if (shrunkWidth < width || shrunkHeight < height) {
      Imgproc.resize(current, resized, new Size(width, height), 0, 0, Imgproc.INTER_LINEAR);
      current = resized;
    }
    return current;
  }

  /** In the order red, green, blue, or grey. */
  private byte[] pixels(Mat image) {
    byte[] pixels = new byte[shape.size()];
    Mat ordered = image;
    if (image.channels() != shape.channels()) {
      int conversion = shape.channels() == 1 ? Imgproc.COLOR_BGR2GRAY : Imgproc.COLOR_GRAY2RGB;
      Imgproc.cvtColor(image, coloured, conversion);
      ordered = coloured;
    } else if (shape.channels() == 3) {
      Imgproc.cvtColor(image, coloured, Imgproc.COLOR_BGR2RGB);
      ordered = coloured;
    }
    ordered.get(0, 0, pixels);
    return pixels;
  }
}
