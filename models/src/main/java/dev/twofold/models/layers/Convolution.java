package dev.twofold.models.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One convolution layer of a backbone.
 *
 * @param name as {@link Backbone} has them: {@code conv3_1} in a VGG, {@code conv3_1_2} in a ResNet
 * @param size kh = kw, odd
 * @param stride in rows and columns
 * @param in Cin
 * @param out Cout
 */
public record Convolution(String name, int size, int stride, int in, int out) {

  /** A convolution 3×3 that moves by one, as all of VGG's are. */
  public Convolution(String name, int in, int out) {
    this(name, 3, 1, in, out);
  }

  public String kernel() {
    return name + "/kernel";
  }

  public String bias() {
    return name + "/bias";
  }

  /** D = kh·kw·Cin: the length of a kernel as a row. */
  public int rowLength() {
    return size * size * in;
  }

  /** [kh, kw, Cin, Cout]. */
  public long[] kernelShape() {
    return new long[] {size, size, in, out};
  }

  /** Shape of what it makes of features of this shape. */
  FeatureShape shape(FeatureShape entering) {
    return new FeatureShape(strided(entering.height()), strided(entering.width()), out);
  }

  private int strided(int length) {
    return (length + stride - 1) / stride;
  }

  /** Multiply-adds on features of this shape, borders counted as if they were full. */
  long multiplyAdds(FeatureShape entering) {
    return shape(entering).size() * rowLength();
  }

  /**
   * Convolves, with (size − 1)/2 zeros on every side. TensorFlow's own "same" padding puts one less
   * at the top and left of an even map when the stride is 2; public weights were not trained so.
   *
   * @param x [B, H, W, Cin]
   */
  Operand<TFloat32> apply(Ops tf, Parameters p, Operand<TFloat32> x) {
    List<Long> strides = List.of(1L, (long) stride, (long) stride, 1L);
    return stride == 1
        ? tf.nn.conv2d(x, p.get(kernel()), strides, "SAME")
        : tf.nn.conv2d(padded(tf, x, (size - 1) / 2), p.get(kernel()), strides, "VALID");
  }

  /** Zeros around every map. */
  static Operand<TFloat32> padded(Ops tf, Operand<TFloat32> x, int border) {
    return border == 0
        ? x
        : tf.pad(
            x,
            tf.constant(new int[][] {{0, 0}, {border, border}, {border, border}, {0, 0}}),
            tf.constant(0f));
  }
}
