package dev.twofold.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.export.PrunedNetwork.Layer;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrunedNetworkTest {
  private static final Task TASK = Columns.task("t", new ImageShape(9, 8, 3));

  private final Bench bench = new Bench();
  private final Weights weights = Columns.random(TASK, Columns.BACKBONE, 1);

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void whereNothingIsZeroNothingChanges() {
    PrunedNetwork pruned = PrunedNetwork.of(Columns.BACKBONE, weights);
    assertThat(pruned.backbone().layers()).isEqualTo(Columns.BACKBONE.layers());
    assertThat(pruned.layers())
        .containsExactly(
            new Layer("conv1_1", 4, 4), new Layer("conv2_1", 5, 5), new Layer("conv2_2", 6, 6));
    weights
        .all()
        .forEach(
            (name, weight) ->
                assertThat(pruned.weights().get(name).values())
                    .as(name)
                    .isEqualTo(weight.values()));
  }

  @Test
  void aSilentChannelGoesWithWhatReadsIt() {
    Columns.empty(weights, "conv1_1", 2, 0);
    Columns.empty(weights, "conv2_1", 0, -.4f);
    PrunedNetwork pruned = PrunedNetwork.of(Columns.BACKBONE, weights);
    assertThat(pruned.backbone().layers()).containsExactly(3, 0, 4, 6, 0);
    assertThat(pruned.weights().get("conv1_1/kernel").shape()).containsExactly(3, 3, 3, 3);
    assertThat(pruned.weights().get("conv2_1/kernel").shape()).containsExactly(3, 3, 3, 4);
    assertThat(pruned.weights().get("conv2_2/kernel").shape()).containsExactly(3, 3, 4, 6);
    assertThat(logits(pruned)).containsExactly(logits(), within(1e-5f));
  }

  /** One channel of bias .7 and nothing else, then a kernel of ones: golden.json. */
  @Test
  void aConstantIsNoConstantAtTheBorderSoItsChannelStays() {
    JsonNode golden = Golden.section("damtl_pruned_channel");
    Task task = Columns.task("t", new ImageShape(3, 3, 1));
    BackboneSettings settings = new BackboneSettings(null, List.of("2", "1"), List.of(), false);
    Weights constant = new Weights();
    constant.put("input/mean", new Weight(new long[] {1}, new float[1]));
    constant.put("input/deviation", new Weight(new long[] {1}, new float[] {1}));
    float[] first = new float[18];
    first[1] = 1; // channel 1 is alive, so that channel 0 could go
    constant.put("conv1_1/kernel", new Weight(new long[] {3, 3, 1, 2}, first));
    constant.put(
        "conv1_1/bias",
        new Weight(new long[] {2}, new float[] {Golden.number(golden.get("bias")), 0}));
    float[] ones = new float[18];
    for (int i = 0; i < ones.length; i += 2) {
      ones[i] = 1; // reads channel 0 alone
    }
    constant.put("conv1_2/kernel", new Weight(new long[] {3, 3, 2, 1}, ones));
    constant.put("conv1_2/bias", new Weight(new long[] {1}, new float[1]));
    constant.put("head/kernel", new Weight(new long[] {9, 2}, new float[18]));
    constant.put("head/bias", new Weight(new long[] {2}, new float[2]));

    assertThat(
            bench.value(
                Columns.run(bench, Columns.network(task, settings), constant, new float[9])
                    .maps()
                    .get(1)))
        .as("what the dead channel contributes")
        .containsExactly(Golden.floats(golden.get("contribution")), within(1e-6f));
    assertThat(PrunedNetwork.of(settings, constant).layers())
        .containsExactly(new Layer("conv1_1", 2, 2), new Layer("conv1_2", 1, 1));
  }

  @Test
  void afterTheLastConvolutionAConstantIsFoldedIntoTheNextBias() {
    Columns.empty(weights, "conv2_2", 1, .7f);
    Columns.empty(weights, "conv2_2", 4, -.7f);
    PrunedNetwork pruned = PrunedNetwork.of(Columns.BACKBONE, weights);
    assertThat(pruned.backbone().layers()).containsExactly(4, 0, 5, 4, 0);
    // Two poolings take 9 × 8 to 2 × 2.
    assertThat(pruned.weights().get("fc1/kernel").shape()).containsExactly(4 * 4, 3);
    Weight matrix = weights.get("fc1/kernel");
    double folded = weights.get("fc1/bias").values()[2];
    for (int position = 0; position < 4; position++) {
      folded += .7 * matrix.values()[(position * 6 + 1) * 3 + 2];
    }
    assertThat(pruned.weights().get("fc1/bias").values()[2])
        .isCloseTo((float) folded, within(1e-6f));
    assertThat(logits(pruned)).containsExactly(logits(), within(1e-5f));
  }

  /** Channel 3 of the second layer reads nothing but channel 2 of the first. */
  @Test
  void whatReadOnlyChannelsThatAreGoneGoesToo() {
    Columns.empty(weights, "conv1_1", 2, 0);
    Weight kernel = weights.get("conv2_1/kernel"); // [3, 3, 4, 5]
    for (int i = 3; i < kernel.values().length; i += 5) {
      boolean readsChannel2 = i / 5 % 4 == 2;
      kernel.values()[i] = readsChannel2 ? kernel.values()[i] : 0;
    }
    weights.get("conv2_1/bias").values()[3] = 0;
    PrunedNetwork pruned = PrunedNetwork.of(Columns.BACKBONE, weights);
    assertThat(pruned.backbone().layers()).containsExactly(3, 0, 4, 6, 0);
    assertThat(logits(pruned)).containsExactly(logits(), within(1e-5f));
  }

  @Test
  void aLayerKeepsOneChannel() {
    for (int channel = 0; channel < 5; channel++) {
      Columns.empty(weights, "conv2_1", channel, 0);
    }
    PrunedNetwork pruned = PrunedNetwork.of(Columns.BACKBONE, weights);
    assertThat(pruned.backbone().layers()).containsExactly(4, 0, 1, 6, 0);
    assertThat(logits(pruned)).containsExactly(logits(), within(1e-5f));
  }

  /** What DAMTL's masks leave of a channel: kernel, bias, γ and β are 0. */
  @Test
  void batchNormIsFoldedSoThatAChannelWithoutItFallsSilent() {
    BackboneSettings normalised =
        new BackboneSettings(null, List.of("4", "M", "5", "6", "M"), List.of(3), true);
    Weights with = Columns.random(TASK, normalised, 2);
    Columns.empty(with, "conv1_1", 1, 0);
    with.get("conv1_1/gamma").values()[1] = 0;
    with.get("conv1_1/beta").values()[1] = 0;
    Columns.empty(with, "conv2_1", 3, 0);
    with.get("conv2_1/beta").values()[3] = 2; // still speaks

    PrunedNetwork pruned = PrunedNetwork.of(normalised, with);
    assertThat(pruned.backbone())
        .isEqualTo(new BackboneSettings(null, List.of("3", "M", "5", "6", "M"), List.of(3), false));
    assertThat(pruned.weights().all().keySet()).noneMatch(name -> name.endsWith("/gamma"));
    assertThat(logits(pruned)).containsExactly(logits(normalised, with), within(1e-5f));
  }

  @Test
  void aResNetIsRefused() {
    BackboneSettings residual = new BackboneSettings("resnet18", null, List.of(), true);
    assertThatThrownBy(() -> PrunedNetwork.of(residual, weights))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot prune resnet18")
        .hasMessageContaining("must be a VGG");
  }

  private float[] logits() {
    return logits(Columns.BACKBONE, weights);
  }

  private float[] logits(PrunedNetwork pruned) {
    return logits(pruned.backbone(), pruned.weights());
  }

  private float[] logits(BackboneSettings backbone, Weights of) {
    float[] pixels = Columns.pixels(TASK.shape());
    return bench.value(Columns.run(bench, Columns.network(TASK, backbone), of, pixels).logits());
  }
}
