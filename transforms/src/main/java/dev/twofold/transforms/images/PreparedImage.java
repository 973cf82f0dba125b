package dev.twofold.transforms.images;

/** An image as the models take it. Not a record: the array has identity equality. */
public final class PreparedImage {
  private final byte[] pixels;
  private final int originalWidth;
  private final int originalHeight;

  PreparedImage(byte[] pixels, int originalWidth, int originalHeight) {
    this.pixels = pixels;
    this.originalWidth = originalWidth;
    this.originalHeight = originalHeight;
  }

  /** The live array: uint8 [height, width, channels], colours in the order red, green, blue. */
  public byte[] pixels() {
    return pixels;
  }

  /** As stored, before its EXIF orientation is applied. */
  public int originalWidth() {
    return originalWidth;
  }

  /** As stored, before its EXIF orientation is applied. */
  public int originalHeight() {
    return originalHeight;
  }
}
