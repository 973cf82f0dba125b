package dev.twofold.models.export;

import dev.twofold.models.layers.Weights.Weight;
import java.util.stream.IntStream;

/** Slices of arrays along an axis. */
final class Channels {

  private Channels() {}

  static int[] all(int size) {
    return IntStream.range(0, size).toArray();
  }

  /** The entries {@code kept} of an axis, in their order. */
  static Weight keep(Weight weight, int axis, int[] kept) {
    long[] shape = weight.shape().clone();
    int size = (int) shape[axis];
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    int outer = weight.values().length / (size * inner);
    float[] values = new float[outer * kept.length * inner];
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < kept.length; k++) {
        System.arraycopy(
            weight.values(),
            (o * size + kept[k]) * inner,
            values,
            (o * kept.length + k) * inner,
            inner);
      }
    }
    shape[axis] = kept.length;
    return new Weight(shape, values);
  }

  /** Kernels lie along the last axis. */
  static boolean isZero(Weight kernel, int channel) {
    int out = (int) kernel.shape()[kernel.shape().length - 1];
    for (int i = channel; i < kernel.values().length; i += out) {
      if (kernel.values()[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
