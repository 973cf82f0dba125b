package dev.twofold.transforms.images;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Finds what a PNG without colour declares transparent (chunk tRNS of colour type 0), which OpenCV
 * passes over.
 */
final class PngScan {
  private static final int FIRST_CHUNK = 8;
  private static final int CHUNK_HEAD = 8;
  private static final int CHUNK_END = 4;
  private static final int DEPTH_AT = 24;
  private static final int COLOUR_TYPE_AT = 25;
  private static final int TRANSPARENCY = type("tRNS");
  private static final int PIXELS = type("IDAT");

  private PngScan() {}

  /**
   * The grey that is transparent, as OpenCV decodes it: of 8 bits, or 16 of a file of 16.
   *
   * @param file that can be decoded
   */
  static OptionalInt transparentGrey(byte[] file) {
    OptionalInt sample =
        file[COLOUR_TYPE_AT] == 0 ? sample(ByteBuffer.wrap(file)) : OptionalInt.empty();
    return sample.isPresent() ? OptionalInt.of(decoded(sample.getAsInt(), file[DEPTH_AT])) : sample;
  }

  /** Of a chunk before the pixels. */
  private static OptionalInt sample(ByteBuffer png) {
    long at = FIRST_CHUNK;
    while (at + CHUNK_HEAD + Short.BYTES <= png.limit()) {
      long length = Integer.toUnsignedLong(png.getInt((int) at));
      int type = png.getInt((int) at + Integer.BYTES);
      if (type == PIXELS) {
        break;
      }
      if (type == TRANSPARENCY && length == Short.BYTES) {
        return OptionalInt.of(png.getShort((int) at + CHUNK_HEAD) & 0xffff);
      }
      at += CHUNK_HEAD + length + CHUNK_END;
    }
    return OptionalInt.empty();
  }

  private static int decoded(int sample, int depth) {
    int largest = (1 << depth) - 1;
    return depth >= 8 ? sample & largest : (sample & largest) * 255 / largest;
  }

  private static int type(String name) {
    return ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII)).getInt();
  }
}
