package dev.twofold.models.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The operation {@code MaxPool}. The one behind {@code tf.nn.maxPool}, {@code MaxPoolV2}, takes its
 * sizes as tensors, and oneDNN has no kernel for that: see benchmarks/training.
 */
final class MaxPooling {
  private MaxPooling() {}

  /**
   * The largest value of every window, two rows and two columns apart.
   *
   * @param x [B, H, W, C]
   * @param size of a window's side
   * @param padding {@code VALID} or {@code SAME}
   * @return [B, H′, W′, C]
   */
  static Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, int size, String padding) {
    return tf.scope()
        .opBuilder("MaxPool", "MaxPool")
        .addInput(x.asOutput())
        .setAttr("ksize", new long[] {1, size, size, 1})
        .setAttr("strides", new long[] {1, 2, 2, 1})
        .setAttr("padding", padding)
        .build()
        .output(0);
  }
}
