package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Step.Update;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.BatchNorm;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Weights.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * NDDR-CNN: each column reduces the features of all columns to as many channels as its own had
 * (Gao, Ma, Zhao, Liu and Yuille, CVPR 2019, <a href="https://arxiv.org/abs/1801.08297">arXiv
 * 1801.08297</a>, "neural discriminative dimensionality reduction").
 *
 * <p>Behind every pooling stage, of the features x_b [B, h, w, C] of columns b = 1..T:
 *
 * <pre>
 * x̃_a = relu(BN([x_1, …, x_T] * W_a))     W_a [1, 1, T·C, C], no bias
 * L = Σ_t cross-entropy of task t
 * </pre>
 *
 * x̃_a enters column a's next stage. W_a starts as diagonals: 0.9·I for the column's own channels,
 * 0.1/(T−1)·I for those of each other. W_a decays as every kernel does, since the paper derives the
 * reduction from 1×1 convolution, batch norm and weight decay together; γ and β do not. All of the
 * layer learns at a rate of its own.
 *
 * <p>Of the methods compared it alone has batch norm, unless the backbone has it too. Its
 * statistics are one for each (column, task whose batch flows through).
 *
 * <p>Columns start, and batches run, as {@link CrossStitch}'s do.
 */
public final class NddrCnn implements GraphMethod {
  private final NddrCnnSettings settings;

  public NddrCnn(NddrCnnSettings settings) {
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
    return new MixedColumns(construction, new Layer(settings)).objective("nddr-cnn");
  }

  /** The NDDR layer of one column. */
  record Layer(NddrCnnSettings settings) implements Mixing {

    @Override
    public String name() {
      return "nddr";
    }

    @Override
    public List<Start> starts(int column, int columns, int channels) {
      return List.of(
          new Start("kernel", Role.KERNEL, diagonals(column, columns, channels)),
          new Start("gamma", Role.NORM, constant(channels, 1)),
          new Start("beta", Role.NORM, constant(channels, 0)),
          new Start("mean", Role.FROZEN, constant(channels, 0)),
          new Start("variance", Role.FROZEN, constant(channels, 1)));
    }

    private Weight diagonals(int column, int columns, int channels) {
      double rest = (1 - settings.own()) / (columns - 1);
      float[] kernel = new float[columns * channels * channels];
      for (int b = 0; b < columns; b++) {
        for (int c = 0; c < channels; c++) {
          double start = b == column ? settings.own() : rest;
          kernel[(b * channels + c) * channels + c] = (float) start;
        }
      }
      return new Weight(new long[] {1, 1, (long) columns * channels, channels}, kernel);
    }

    private static Weight constant(int channels, float value) {
      float[] values = new float[channels];
      Arrays.fill(values, value);
      return new Weight(new long[] {channels}, values);
    }

    @Override
    public Update update() {
      return Update.atRate(settings.layerRate());
    }

    @Override
    public Operand<TFloat32> mix(
        Ops tf, Parameters parameters, String layer, List<Operand<TFloat32>> features, Mode mode) {
      Operand<TFloat32> all = tf.concat(features, tf.constant(3)); // [B, h, w, T·C]
      Operand<TFloat32> z =
          tf.nn.conv2d(
              all,
              parameters.get(layer + "/kernel"),
              List.of(1L, 1L, 1L, 1L),
              "VALID"); // [B, h, w, C]
      return tf.nn.relu(BatchNorm.apply(tf, parameters, z, layer, mode));
    }

    @Override
    public String weights() {
      return "kernel";
    }

    /** Absolute weights from b's channels, summed for each channel of the column; their mean. */
    @Override
    public double share(float[] kernel, int b, int columns) {
      int block = kernel.length / columns;
      double sum = 0;
      for (int i = b * block; i < (b + 1) * block; i++) {
        sum += Math.abs(kernel[i]);
      }
      return sum / Math.sqrt(block);
    }
  }
}
