package dev.twofold.models.methods;

import dev.twofold.models.Reporter;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Variable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.statistics.descriptive.Quantile;

/**
 * What DAMTL's masks have come to, per layer and in total: zeros / all, channels whose whole mask
 * is zero, the distribution of Ψ (mean, deviation, and the quantiles .05, .5 and .95), its
 * correlation with its start (NaN where one of the two alone varies, as with {@code maskInit: [1,
 * 1]}), and the norm of the base W, which can grow where Ψ shrinks.
 *
 * <p>Not every channel whose mask is zero can be removed: it still emits relu(b), with batch norm
 * relu(β − γ·μ/√(σ² + ε)), and in a ResNet what a block's last convolution or a shortcut leaves out
 * is one summand of what the block passes on. Where channels fall silent with their masks, the
 * fraction of the convolutions' multiply-adds is reported too that goes with those that one layer
 * alone reads: all of a VGG, in a ResNet those inside a block.
 */
final class MaskSparsity implements Reporter {
  /** Of numbers whose mean is 1. */
  private static final double LEAST_VARIANCE = 1e-12;

  /** Linear between the two nearest, as NumPy's are. */
  private static final Quantile QUANTILE =
      Quantile.withDefaults().with(Quantile.EstimationMethod.HF7).withCopy(false);

  private static final double LOW = .05;
  private static final double MEDIAN = .5;
  private static final double HIGH = .95;

  private final Task task;
  private final Backbone backbone;
  private final List<SoftMask> masks;

  MaskSparsity(Task task, Backbone backbone, List<SoftMask> masks) {
    this.task = task;
    this.backbone = backbone;
    this.masks = masks;
  }

  @Override
  public Set<Variable> reads() {
    Set<Variable> reads = new LinkedHashSet<>();
    for (SoftMask mask : masks) {
      reads.add(mask.psi());
      reads.add(mask.kernel());
    }
    return reads;
  }

  @Override
  public Map<String, Double> measure(Function<Variable, float[]> values) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    long zeros = 0;
    long elements = 0;
    long pruned = 0;
    long channels = 0;
    Map<String, Integer> left = new LinkedHashMap<>();
    for (SoftMask mask : masks) {
      float[] psi = values.apply(mask.psi());
      long[] shape = mask.psi().shape();
      int out = (int) shape[shape.length - 1];
      int zerosHere = zeros(psi);
      int prunedHere = pruned(psi, out);
      zeros += zerosHere;
      elements += psi.length;
      pruned += prunedHere;
      channels += out;
      left.put(mask.layer(), Math.max(1, out - prunedHere));
      put(metrics, "sparsity", mask.layer(), (double) zerosHere / psi.length);
      put(metrics, "sparsity/channels", mask.layer(), (double) prunedHere / out);
      put(metrics, "sparsity_mask_mean", mask.layer(), mean(psi));
      put(metrics, "sparsity_mask_deviation", mask.layer(), Math.sqrt(covariance(psi, psi)));
      double[] quantiles = QUANTILE.evaluate(doubles(psi), LOW, MEDIAN, HIGH);
      put(metrics, "sparsity_mask_p05", mask.layer(), quantiles[0]);
      put(metrics, "sparsity_mask_median", mask.layer(), quantiles[1]);
      put(metrics, "sparsity_mask_p95", mask.layer(), quantiles[2]);
      put(
          metrics,
          "sparsity_start_correlation",
          mask.layer(),
          correlation(psi, mask.psi().initial()));
      put(metrics, "sparsity_base_norm", mask.layer(), norm(values.apply(mask.kernel())));
    }
    put(metrics, "sparsity", "total", (double) zeros / elements);
    put(metrics, "sparsity/channels", "total", (double) pruned / channels);
    if (masks.stream().allMatch(SoftMask::silencesChannels)) {
      left.keySet().retainAll(backbone.readers().keySet());
      double still = multiplyAdds(backbone.pruned(left)) / multiplyAdds(backbone);
      put(metrics, "sparsity/multiply_adds", "total", 1 - still);
    }
    return metrics;
  }

  private double multiplyAdds(Backbone network) {
    return network.multiplyAdds(task.shape());
  }

  private void put(Map<String, Double> metrics, String what, String layer, double value) {
    metrics.put("%s/%s/%s".formatted(what, task.name(), layer), value);
  }

  private static int zeros(float[] psi) {
    int zeros = 0;
    for (float value : psi) {
      zeros += value == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** Channels lie along the last axis. */
  private static int pruned(float[] psi, int out) {
    boolean[] alive = new boolean[out];
    for (int i = 0; i < psi.length; i++) {
      alive[i % out] |= psi[i] != 0;
    }
    int pruned = 0;
    for (boolean channel : alive) {
      pruned += channel ? 0 : 1;
    }
    return pruned;
  }

  private static double[] doubles(float[] x) {
    double[] copy = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      copy[i] = x[i];
    }
    return copy;
  }

  private static double mean(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += value;
    }
    return sum / x.length;
  }

  private static double covariance(float[] x, float[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - meanX) * (y[i] - meanY);
    }
    return sum / x.length;
  }

  /** Pearson's; 1 where neither varies, NaN where one alone does. */
  private static double correlation(float[] x, float[] y) {
    if (varies(x) && varies(y)) {
      return covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y));
    }
    return varies(x) == varies(y) ? 1 : Double.NaN;
  }

  /** By more than float32 rounds. */
  private static boolean varies(float[] x) {
    double mean = mean(x);
    return covariance(x, x) > LEAST_VARIANCE * mean * mean;
  }

  private static double norm(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
