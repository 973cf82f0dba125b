package dev.twofold.models.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Height and width that feature maps are average-pooled to. */
record Grid(int height, int width) {

  /**
   * Adaptive average pooling: identity where the map has the grid's size already.
   *
   * @param x [B, H, W, C], of shape {@code from}
   */
  Operand<TFloat32> pool(Ops tf, Operand<TFloat32> x, FeatureShape from) {
    if (height == from.height() && width == from.width()) {
      return x;
    }
    long channels = from.channels();
    Operand<TFloat32> rows =
        tf.linalg.matMul(
            tf.reshape(
                tf.linalg.transpose(x, tf.constant(new int[] {0, 2, 3, 1})),
                tf.constant(new long[] {-1, from.height()})),
            averaging(tf, from.height(), height)); // [B·W·C, h]
    Operand<TFloat32> columns =
        tf.linalg.matMul(
            tf.reshape(
                tf.linalg.transpose(
                    tf.reshape(rows, tf.constant(new long[] {-1, from.width(), channels, height})),
                    tf.constant(new int[] {0, 3, 2, 1})),
                tf.constant(new long[] {-1, from.width()})),
            averaging(tf, from.width(), width)); // [B·h·C, w]
    return tf.linalg.transpose(
        tf.reshape(columns, tf.constant(new long[] {-1, height, channels, width})),
        tf.constant(new int[] {0, 1, 3, 2})); // [B, h, w, C]
  }

  /** Column g averages the entries floor(g·from/to) … ceil((g+1)·from/to) - 1; [from, to]. */
  private static Operand<TFloat32> averaging(Ops tf, int from, int to) {
    float[] matrix = new float[from * to];
    for (int g = 0; g < to; g++) {
      int first = g * from / to;
      int end = ((g + 1) * from + to - 1) / to;
      for (int i = first; i < end; i++) {
        matrix[i * to + g] = 1f / (end - first);
      }
    }
    return tf.reshape(tf.constant(matrix), tf.constant(new long[] {from, to}));
  }
}
