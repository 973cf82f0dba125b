package dev.twofold.models;

/** Images with their labels. Not a record: the arrays have identity equality. */
public final class Batch {
  private final byte[] pixels;
  private final int[] labels;

  /**
   * @param pixels uint8 [n, height, width, channels], row-major
   * @param labels [n], each in 0..classes-1
   */
  public Batch(byte[] pixels, int[] labels) {
    this.pixels = pixels;
    this.labels = labels;
  }

  /** The live array: uint8 [n, height, width, channels]. */
  public byte[] pixels() {
    return pixels;
  }

  /** The live array: [n]. */
  public int[] labels() {
    return labels;
  }

  public int size() {
    return labels.length;
  }
}
