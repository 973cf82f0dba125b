package dev.twofold.transforms.images;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * What an image file declares about itself, read before any pixel is decoded.
 *
 * @param width as stored, before its EXIF orientation is applied
 */
record ImageHeader(ImageHeader.Format format, int width, int height) {
  /** No photograph of a dataset is as large; what is, wants to fill the memory. */
  static final long MAX_PIXELS = 100_000_000;

  /** What tells one decoder from another. */
  enum Format {
    JPEG,
    /** Four inks, inverted as Adobe's programs store them, which OpenCV expects. */
    JPEG_CMYK_ADOBE,
    /** Four inks as they are. */
    JPEG_CMYK,
    PNG,
    GIF,
    BMP,
    WEBP,
    TIFF
  }

  ImageHeader {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("empty: %d x %d pixels".formatted(width, height));
    }
    if ((long) width * height > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "oversized: %d x %d pixels (must be at most %d)".formatted(width, height, MAX_PIXELS));
    }
  }

  /**
   * Reads what the file declares.
   *
   * @throws UnreadableImageException when the file is empty, truncated, oversized or no image
   */
  static ImageHeader parse(byte[] file) throws UnreadableImageException {
    if (file.length == 0) {
      throw new UnreadableImageException("empty file");
    }
    try {
      return parseKnown(file);
    } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
      throw new UnreadableImageException("truncated", e);
    } catch (IllegalArgumentException e) {
      throw new UnreadableImageException(e.getMessage(), e);
    } catch (RuntimeException e) { // as ImageIO's of a TIFF that ends within a tag
      throw new UnreadableImageException("damaged: its header cannot be read", e);
    }
  }

  private static ImageHeader parseKnown(byte[] file) throws UnreadableImageException {
    ByteBuffer big = ByteBuffer.wrap(file);
    ByteBuffer little = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (startsWith(file, 0, "\u00ff\u00d8\u00ff")) {
      return JpegScan.header(file);
    }
    if (startsWith(file, 0, "\u0089PNG\r\n\u001a\n")) {
      return new ImageHeader(Format.PNG, big.getInt(16), big.getInt(20));
    }
    if (startsWith(file, 0, "GIF8")) {
      ImageHeader frame = first("gif", Format.GIF, file);
      // The screen, or a first frame that is larger, as only a hostile file's is: both are decoded.
      return new ImageHeader(
          Format.GIF,
          Math.max(unsigned(little.getShort(6)), frame.width()),
          Math.max(unsigned(little.getShort(8)), frame.height()));
    }
    if (startsWith(file, 0, "BM")) {
      BmpHeader bmp = new BmpHeader(file);
      return new ImageHeader(Format.BMP, bmp.width(), bmp.height());
    }
    if (startsWith(file, 0, "RIFF") && startsWith(file, 8, "WEBP")) {
      return webp(file, little);
    }
    if (startsWith(file, 0, "II*\0") || startsWith(file, 0, "MM\0*")) {
      return first("tiff", Format.TIFF, file);
    }
    throw new UnreadableImageException("not an image (must be JPEG, PNG, GIF, BMP, WebP or TIFF)");
  }

  /** WebP container specification: VP8X, VP8L and VP8 chunks. */
  private static ImageHeader webp(byte[] file, ByteBuffer little) throws UnreadableImageException {
    if (startsWith(file, 12, "VP8X")) {
      return new ImageHeader(
          Format.WEBP, 1 + (little.getInt(24) & 0xffffff), 1 + (little.getInt(26) >>> 8));
    }
    if (startsWith(file, 12, "VP8L")) {
      int bits = little.getInt(21);
      return new ImageHeader(Format.WEBP, 1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff));
    }
    if (startsWith(file, 12, "VP8 ")) {
      return new ImageHeader(
          Format.WEBP, little.getShort(26) & 0x3fff, little.getShort(28) & 0x3fff);
    }
    throw new UnreadableImageException("not an image (unknown WebP chunk)");
  }

  /** The size of the first picture, as the reader that decodes it finds it. */
  private static ImageHeader first(String name, Format format, byte[] file)
      throws UnreadableImageException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name);
    ImageReader reader = readers.next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return new ImageHeader(format, reader.getWidth(0), reader.getHeight(0));
    } catch (IOException e) {
      throw new UnreadableImageException(
          "damaged %s: %s".formatted(name.toUpperCase(Locale.ROOT), e.getMessage()), e);
    } finally {
      reader.dispose();
    }
  }

  private static boolean startsWith(byte[] file, int offset, String latin1) {
    byte[] magic = latin1.getBytes(StandardCharsets.ISO_8859_1);
    return file.length >= offset + magic.length
        && Arrays.equals(file, offset, offset + magic.length, magic, 0, magic.length);
  }

  private static int unsigned(short value) {
    return value & 0xffff;
  }
}
