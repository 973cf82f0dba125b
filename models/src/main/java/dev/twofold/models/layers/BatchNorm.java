package dev.twofold.models.layers;

import dev.twofold.models.layers.Weights.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Batch normalisation, Ioffe and Szegedy (ICML 2015): over batch and positions, population
 * variance; γ and β a channel; moving statistics in prediction.
 */
public final class BatchNorm {
  private static final float EPSILON = 1e-3f;
  private static final float DECAY = 0.95f;

  private BatchNorm() {}

  /** Shapes of a layer's parameters by name. */
  public static Map<String, long[]> shapes(String layer, long channels) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String parameter : List.of("gamma", "beta", "mean", "variance")) {
      shapes.put(layer + "/" + parameter, new long[] {channels});
    }
    return shapes;
  }

  /**
   * Normalises what a layer of this name gives.
   *
   * @param z [B, H, W, C]
   */
  public static Operand<TFloat32> apply(
      Ops tf, Parameters p, Operand<TFloat32> z, String layer, Mode mode) {
    Operand<TFloat32> mean = p.get(layer + "/mean"); // [C]
    Operand<TFloat32> variance = p.get(layer + "/variance"); // [C]
    if (mode.training()) {
      Operand<TInt32> axes = tf.constant(new int[] {0, 1, 2});
      Operand<TFloat32> batchMean = tf.math.mean(z, axes);
      Operand<TFloat32> batchVariance =
          tf.math.mean(tf.math.square(tf.math.sub(z, batchMean)), axes);
      follow(tf, mode, layer + "/mean", mean, batchMean);
      follow(tf, mode, layer + "/variance", variance, batchVariance);
      mean = batchMean;
      variance = batchVariance;
    }
    Operand<TFloat32> scale =
        tf.math.mul(
            p.get(layer + "/gamma"), tf.math.rsqrt(tf.math.add(variance, tf.constant(EPSILON))));
    return tf.math.add(tf.math.mul(tf.math.sub(z, mean), scale), p.get(layer + "/beta"));
  }

  /**
   * What a layer predicts with batch normalisation, without it: with s = γ/√(σ² + ε), its kernel
   * times s and the bias (b − μ)·s + β; b is 0 in a ResNet.
   *
   * @param weights where these convolutions' kernels and biases are replaced; one without batch
   *     normalisation stays as it is
   */
  public static Weights folded(List<Convolution> convolutions, Weights weights) {
    Map<String, Weight> all = new LinkedHashMap<>(weights.all());
    for (Convolution convolution : convolutions) {
      if (!weights.has(convolution.name() + "/gamma")) {
        continue;
      }
      List<float[]> parameters =
          shapes(convolution.name(), convolution.out()).keySet().stream()
              .map(name -> all.remove(name).values())
              .toList();
      float[] gamma = parameters.get(0);
      float[] beta = parameters.get(1);
      float[] mean = parameters.get(2);
      float[] variance = parameters.get(3);
      Weight kernel = weights.get(convolution.kernel()); // [kh, kw, Cin, Cout]
      int channels = gamma.length;
      float[] bias =
          weights.has(convolution.bias())
              ? weights.get(convolution.bias()).values()
              : new float[channels];
      float[] scaled = kernel.values().clone();
      float[] shifted = new float[channels];
      for (int c = 0; c < channels; c++) {
        double scale = gamma[c] / Math.sqrt(variance[c] + EPSILON);
        for (int i = c; i < scaled.length; i += channels) {
          scaled[i] *= (float) scale;
        }
        shifted[c] = (float) ((bias[c] - mean[c]) * scale + beta[c]);
      }
      all.put(convolution.kernel(), new Weight(kernel.shape(), scaled));
      all.put(convolution.bias(), new Weight(new long[] {channels}, shifted));
    }
    Weights folded = new Weights();
    all.forEach(folded::put);
    return folded;
  }

  private static void follow(
      Ops tf, Mode mode, String name, Operand<TFloat32> moving, Operand<TFloat32> batch) {
    Operand<TFloat32> step = tf.math.mul(tf.math.sub(moving, batch), tf.constant(1 - DECAY));
    mode.net().subtractEveryStep(mode.prefix() + name, step);
  }
}
