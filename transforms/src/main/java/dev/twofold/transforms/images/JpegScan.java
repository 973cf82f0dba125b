package dev.twofold.transforms.images;

import dev.twofold.transforms.images.ImageHeader.Format;

/**
 * Walks through a JPEG's markers (ITU T.81, Annex B) up to its end-of-image marker.
 *
 * <p>OpenCV returns a truncated JPEG as an image whose lower part is whatever was in memory, so
 * completeness is checked here.
 */
final class JpegScan {
  private static final int SOF0 = 0xc0;
  private static final int SOF15 = 0xcf;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP14 = 0xee;
  private static final int TEM = 0x01;

  private final byte[] file;
  private int position = 2; // after SOI
  private ImageHeader frame;
  private int components;
  private boolean adobe;

  private JpegScan(byte[] file) {
    this.file = file;
  }

  /**
   * What the JPEG declares, if it is complete.
   *
   * @throws IndexOutOfBoundsException when the file ends before its end-of-image marker
   */
  static ImageHeader header(byte[] file) throws UnreadableImageException {
    return new JpegScan(file).walk();
  }

  private ImageHeader walk() throws UnreadableImageException {
    for (int marker = nextMarker(); marker != EOI; marker = nextMarker()) {
      if (isStandalone(marker)) {
        continue;
      }
      if (isFrame(marker)) {
        readFrame();
      } else if (marker == APP14) {
        adobe = file[position + 2] == 'A' && file[position + 3] == 'd';
      }
      position += unsigned16(position);
      if (marker == SOS) {
        skipEntropyCoded();
      }
    }
    if (frame == null) {
      throw new UnreadableImageException("damaged JPEG: no frame");
    }
    return new ImageHeader(format(), frame.width(), frame.height());
  }

  private Format format() {
    if (components < 4) {
      return Format.JPEG;
    }
    return adobe ? Format.JPEG_CMYK_ADOBE : Format.JPEG_CMYK;
  }

  /** Padding between segments is allowed; some writers leave stray bytes there. */
  private int nextMarker() {
    while (file[position] != (byte) 0xff || isFillOrStuffing(file[position + 1])) {
      position++;
    }
    position += 2;
    return file[position - 1] & 0xff;
  }

  private void skipEntropyCoded() {
    while (file[position] != (byte) 0xff || isWithinScan(file[position + 1] & 0xff)) {
      position++;
    }
  }

  private void readFrame() {
    frame = new ImageHeader(Format.JPEG, unsigned16(position + 5), unsigned16(position + 3));
    components = file[position + 7];
  }

  private static boolean isFillOrStuffing(byte next) {
    return next == 0 || next == (byte) 0xff;
  }

  private static boolean isWithinScan(int next) {
    return next == 0 || next == 0xff || isStandalone(next);
  }

  private static boolean isStandalone(int marker) {
    return (marker >= RST0 && marker <= RST7) || marker == TEM;
  }

  private static boolean isFrame(int marker) {
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
  }

  private int unsigned16(int at) {
    return (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
  }
}
