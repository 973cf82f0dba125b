package dev.twofold.models.layers;

/**
 * One convolution layer of a backbone.
 *
 * @param name as in {@code conv3_1}: block and place in it, both from 1
 * @param in Cin
 * @param out Cout
 */
public record Convolution(String name, int in, int out) {

  /** kh = kw of every VGG convolution. */
  public static final int SIZE = 3;

  public String kernel() {
    return name + "/kernel";
  }

  public String bias() {
    return name + "/bias";
  }

  /** D = kh·kw·Cin: the length of a kernel as a row. */
  public int rowLength() {
    return SIZE * SIZE * in;
  }

  /** [kh, kw, Cin, Cout]. */
  public long[] kernelShape() {
    return new long[] {SIZE, SIZE, in, out};
  }
}
