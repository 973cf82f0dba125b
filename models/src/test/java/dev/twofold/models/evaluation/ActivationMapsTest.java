package dev.twofold.models.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Batch;
import dev.twofold.models.Bench;
import dev.twofold.models.ImageShape;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.models.methods.MtalSettings.Pick;
import dev.twofold.models.methods.MtalSettings.Similarity;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.Units;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ActivationMapsTest {

  /**
   * An image [[51, 102], [153, 204]] is [[.2, .4], [.6, .8]], and [[−.4, 0], [.4, .8]] after mean
   * .4 and deviation ½. Kernel 0 takes the pixel, kernel 1 minus the one to its left, where zeros
   * lie outside, plus a bias of .1. The second layer's one kernel adds both up, twice.
   */
  @Test
  void areWhatTheConvolutionsSay() {
    BackboneSettings settings =
        new BackboneSettings(null, List.of("2", "M", "1", "M"), List.of(3), false);
    ImageShape image = new ImageShape(2, 2, 1);
    Weights weights = new Weights();
    weights.put("input/mean", new Weight(new long[] {1}, new float[] {.4f}));
    weights.put("input/deviation", new Weight(new long[] {1}, new float[] {.5f}));
    float[] first = new float[9 * 2];
    first[4 * 2] = 1; // row 1, column 1 of kernel 0
    first[3 * 2 + 1] = -1; // row 1, column 0 of kernel 1
    weights.put("conv1_1/kernel", new Weight(new long[] {3, 3, 1, 2}, first));
    weights.put("conv1_1/bias", new Weight(new long[] {2}, new float[] {0, .1f}));
    float[] second = new float[9 * 2];
    second[4 * 2] = 2;
    second[4 * 2 + 1] = 2;
    weights.put("conv2_1/kernel", new Weight(new long[] {3, 3, 2, 1}, second));
    weights.put("conv2_1/bias", new Weight(new long[] {1}, new float[] {0}));

    List<ActivationMaps> maps =
        ActivationMaps.of(
            new Backbone(settings, 1, Optional.empty()),
            weights,
            image,
            new byte[] {51, 102, (byte) 153, (byte) 204},
            2);

    assertThat(maps).extracting(ActivationMaps::layer).containsExactly("conv1_1", "conv2_1");
    assertThat(maps.get(0).maps().get(0))
        .as("relu(x)")
        .containsExactly(new float[] {0, 0, .4f, .8f}, within(1e-6f));
    assertThat(maps.get(0).maps().get(1))
        .as("relu(.1 − left neighbour)")
        .containsExactly(new float[] {.1f, .5f, .1f, 0}, within(1e-6f));
    assertThat(maps.get(1).maps().get(0))
        .as("2 · (.8 + .5), of the pooled maps")
        .containsExactly(new float[] {2.6f}, within(1e-5f));
    assertThat(maps.get(0).largest()).isCloseTo(.8f, within(1e-6f));
  }

  /** The same features as those that lead to the trained network's logits, on K̃. */
  @Test
  void areTheTrainedNetworksFeatures() {
    List<TaskData> tasks =
        List.of(Units.blobs("one", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 3));
    MtalSettings settings =
        new MtalSettings(0.1, .75, .25, Pick.MUTUAL, Similarity.KERNEL, false, 1, null);
    ColumnStart start =
        new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7);
    try (Trainer trainer =
            new Trainer(
                new Trainer.Unit(new Mtal(settings), Units.BACKBONE, start, Units.steps(6), 7, 1),
                tasks,
                new TrainingObserver() {});
        Bench bench = new Bench()) {
      TrainedUnit trained = trainer.train(Optional.empty());
      assertThat(trained.metrics().get("sharing/conv2_1")).isPositive();
      for (int t = 0; t < tasks.size(); t++) {
        TaskNetwork network = trained.networks().get(t);
        ImageShape image = network.task().shape();
        Batch first = tasks.get(t).test().inOrder(0, 1);
        Weights weights = trained.weights().below(network.task().name() + "/");
        float[] pixels = new float[image.size()];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = first.pixels()[i] & 255;
        }
        long[] shape = {1, image.height(), image.width(), image.channels()};
        Activations features =
            network
                .forward()
                .run(
                    bench.tf(),
                    Parameters.constants(bench.tf(), weights),
                    bench.constant(shape, pixels));

        List<ActivationMaps> layers =
            ActivationMaps.of(
                new Backbone(Units.BACKBONE, image.channels(), Optional.empty()),
                weights,
                image,
                first.pixels(),
                2);

        assertThat(layers).hasSize(2);
        for (int l = 0; l < layers.size(); l++) {
          assertThat(interleaved(layers.get(l)))
              .as("%s of %s", layers.get(l).layer(), network.task().name())
              .containsExactly(bench.value(features.maps().get(l)), within(1e-5f));
        }
      }
    }
  }

  @Test
  void thereAreNoMoreThanTheNetworkHas() {
    BackboneSettings settings = new BackboneSettings(null, List.of("1", "M"), List.of(3), false);
    Weights weights = new Weights();
    weights.put("input/mean", new Weight(new long[] {1}, new float[] {0}));
    weights.put("input/deviation", new Weight(new long[] {1}, new float[] {1}));
    weights.put("conv1_1/kernel", new Weight(new long[] {3, 3, 1, 1}, new float[9]));
    weights.put("conv1_1/bias", new Weight(new long[] {1}, new float[] {3}));

    List<ActivationMaps> maps =
        ActivationMaps.of(
            new Backbone(settings, 1, Optional.empty()),
            weights,
            new ImageShape(2, 3, 1),
            new byte[6],
            2);

    assertThat(maps).hasSize(1);
    assertThat(maps.get(0)).returns(2, ActivationMaps::height).returns(3, ActivationMaps::width);
    assertThat(maps.get(0).maps().get(0)).containsExactly(3, 3, 3, 3, 3, 3);
  }

  /** As a feature map has them, [H, W, Cout]. */
  private static float[] interleaved(ActivationMaps layer) {
    int out = layer.maps().size();
    float[] values = new float[out * layer.height() * layer.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = layer.maps().get(i % out)[i / out];
    }
    return values;
  }
}
