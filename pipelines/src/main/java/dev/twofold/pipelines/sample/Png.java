package dev.twofold.pipelines.sample;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/**
 * Writes small PNG files without compressing them. What a Deflater makes of the same bytes differs
 * from one zlib to the next, and sample data shall be the same everywhere.
 */
final class Png {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final byte GREY = 0;
  private static final byte RGB = 2;
  private static final int MOST_STORED = 0xFFFF;

  private Png() {}

  /** A square picture of 8 bits a channel, its pixels row by row. */
  static byte[] encode(byte[] pixels, int side, int channels) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    chunk(file, "IHDR", header(side, channels));
    chunk(file, "IDAT", stored(scanlines(pixels, side, channels)));
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static byte[] header(int side, int channels) {
    byte colourType = channels == 1 ? GREY : RGB;
    byte[] restAtDefault = new byte[3];
    return ByteBuffer.allocate(13)
        .putInt(side)
        .putInt(side)
        .put((byte) 8)
        .put(colourType)
        .put(restAtDefault)
        .array();
  }

  /** Each row after the byte that names its filter: none. */
  private static byte[] scanlines(byte[] pixels, int side, int channels) {
    int row = side * channels;
    ByteBuffer lines = ByteBuffer.allocate(side * (row + 1));
    for (int y = 0; y < side; y++) {
      lines.put((byte) 0).put(pixels, y * row, row);
    }
    return lines.array();
  }

  /** A zlib stream (RFC 1950) of one stored block (RFC 1951). */
  private static byte[] stored(byte[] bytes) {
    if (bytes.length > MOST_STORED) {
      throw new IllegalArgumentException(
          "Invalid picture: %d bytes (must be at most %d)".formatted(bytes.length, MOST_STORED));
    }
    Adler32 adler = new Adler32();
    adler.update(bytes);
    byte[] length = {(byte) bytes.length, (byte) (bytes.length >> 8)};
    return ByteBuffer.allocate(bytes.length + 11)
        .put(new byte[] {0x78, 0x01})
        .put((byte) 1)
        .put(length)
        .put(new byte[] {(byte) ~length[0], (byte) ~length[1]})
        .put(bytes)
        .putInt((int) adler.getValue())
        .array();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(US_ASCII));
    crc.update(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(type.getBytes(US_ASCII));
    file.writeBytes(data);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
