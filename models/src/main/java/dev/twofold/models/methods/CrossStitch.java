package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Step.Update;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Cross-stitch networks: columns exchange their features, channel by channel (Misra, Shrivastava,
 * Gupta and Hebert, CVPR 2016, <a href="https://arxiv.org/abs/1604.03539">arXiv 1604.03539</a>).
 *
 * <p>Behind every pooling stage, of the features x_b [B, h, w, C] of columns b = 1..T:
 *
 * <pre>
 * (1)  x̃_a[c] = Σ_b α_ab[c]·x_b[c]     α_a [T, C]; x̃_a enters column a's next stage
 *      L = Σ_t cross-entropy of task t
 * </pre>
 *
 * α_aa starts as 0.9, every other α_ab as 0.1/(T−1): a row sums to 1. Nothing holds it there; α
 * does not decay, and {@code alphaRate} may have it learn faster than the rest.
 *
 * <p>The paper starts its columns from networks of the single tasks, one each, which is not
 * offered; {@code start: auxiliary} starts them from the auxiliary network, {@code start: file}
 * from one file's, {@code start: scratch} at random. The paper's tasks label one image; how batches
 * of unlike images run, see {@link MixedColumns}.
 */
public final class CrossStitch implements GraphMethod {
  private final CrossStitchSettings settings;

  public CrossStitch(CrossStitchSettings settings) {
    this.settings = settings;
  }

  @Override
  public void check(Map<String, ImageShape> images, BackboneSettings backbone) {
    MixedColumns.check(images, backbone);
  }

  /** Each task's images run through all columns. */
  @Override
  public int relativeWork(int tasks) {
    return tasks;
  }

  @Override
  public Objective build(Construction construction) {
    return new MixedColumns(construction, new Unit(settings)).objective("cross-stitch");
  }

  /** The cross-stitch unit of one column: its row of α. */
  record Unit(CrossStitchSettings settings) implements Mixing {

    @Override
    public String name() {
      return "stitch";
    }

    @Override
    public List<Start> starts(int column, int columns, int channels) {
      double rest = (1 - settings.own()) / (columns - 1);
      float[] alpha = new float[columns * channels];
      for (int b = 0; b < columns; b++) {
        double start = b == column ? settings.own() : rest;
        Arrays.fill(alpha, b * channels, (b + 1) * channels, (float) start);
      }
      long[] shape = {columns, channels};
      return List.of(new Start("alpha", Role.ALPHA, new Weight(shape, alpha)));
    }

    @Override
    public Update update() {
      return Update.atRate(settings.alphaRate());
    }

    // Eq. (1)
    @Override
    public Operand<TFloat32> mix(
        Ops tf, Parameters parameters, String layer, List<Operand<TFloat32>> features, Mode mode) {
      List<Operand<TFloat32>> terms = new ArrayList<>();
      for (int b = 0; b < features.size(); b++) {
        Operand<TFloat32> alpha =
            tf.gather(parameters.get(layer + "/alpha"), tf.constant(b), tf.constant(0)); // [C]
        terms.add(tf.math.mul(features.get(b), alpha)); // [B, h, w, C]
      }
      return tf.math.addN(terms);
    }

    @Override
    public String weights() {
      return "alpha";
    }

    /** Mean of α_ab over the channels. */
    @Override
    public double share(float[] alpha, int b, int columns) {
      int channels = alpha.length / columns;
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += alpha[b * channels + c];
      }
      return sum / channels;
    }
  }
}
