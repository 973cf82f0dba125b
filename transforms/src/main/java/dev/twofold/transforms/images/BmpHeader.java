package dev.twofold.transforms.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The header of a BMP, of which there are several generations, told apart by their length. */
final class BmpHeader {
  /** The first, of OS/2: sizes of 16 bits. */
  private static final int CORE = 12;

  /** The first that has a mask of alpha. */
  private static final int WITH_ALPHA = 56;

  private final ByteBuffer file;

  BmpHeader(byte[] file) {
    this.file = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  boolean isCore() {
    return length() == CORE;
  }

  int width() {
    return isCore() ? file.getShort(18) & 0xffff : file.getInt(18);
  }

  /** Stored as a negative number in a file that begins at the top. */
  int height() {
    return isCore() ? file.getShort(20) & 0xffff : Math.abs(file.getInt(22));
  }

  /** Whether the fourth byte of a pixel of 32 bits means something. */
  boolean hasAlpha() {
    return length() >= WITH_ALPHA && file.getInt(66) != 0;
  }

  private int length() {
    return file.getInt(14);
  }
}
