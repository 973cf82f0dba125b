package dev.twofold.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.PrunedNetwork.Layer;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrunedNetworkTest {
  private static final Task TASK = Columns.task("t", new ImageShape(9, 8, 3));

  private static final BackboneSettings RESNET18 =
      new BackboneSettings("resnet18", null, List.of(), null);
  private static final BackboneSettings RESNET50 =
      new BackboneSettings("resnet50", null, List.of(), null);

  private final Bench bench = new Bench();
  private final Weights weights = Columns.random(TASK, Columns.BACKBONE, 1);

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void whereNothingIsZeroNothingChanges() {
    PrunedNetwork pruned = pruned(Columns.BACKBONE, weights);
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
    PrunedNetwork pruned = pruned(Columns.BACKBONE, weights);
    assertThat(kept(pruned)).containsExactly(3, 4, 6);
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
    assertThat(PrunedNetwork.of(new Backbone(settings, 1, Optional.empty()), constant).layers())
        .containsExactly(new Layer("conv1_1", 2, 2), new Layer("conv1_2", 1, 1));
  }

  @Test
  void afterTheLastConvolutionAConstantIsFoldedIntoTheNextBias() {
    Columns.empty(weights, "conv2_2", 1, .7f);
    Columns.empty(weights, "conv2_2", 4, -.7f);
    PrunedNetwork pruned = pruned(Columns.BACKBONE, weights);
    assertThat(kept(pruned)).containsExactly(4, 5, 4);
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
    PrunedNetwork pruned = pruned(Columns.BACKBONE, weights);
    assertThat(kept(pruned)).containsExactly(3, 4, 6);
    assertThat(logits(pruned)).containsExactly(logits(), within(1e-5f));
  }

  @Test
  void aLayerKeepsOneChannel() {
    for (int channel = 0; channel < 5; channel++) {
      Columns.empty(weights, "conv2_1", channel, 0);
    }
    PrunedNetwork pruned = pruned(Columns.BACKBONE, weights);
    assertThat(kept(pruned)).containsExactly(4, 1, 6);
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

    PrunedNetwork pruned = pruned(normalised, with);
    assertThat(kept(pruned)).containsExactly(3, 5, 6);
    assertThat(pruned.weights().all().keySet())
        .isEqualTo(pruned.backbone().shapes(TASK.shape(), 2).keySet())
        .noneMatch(name -> name.endsWith("/gamma"));
    assertThat(logits(pruned)).containsExactly(logits(normalised, with), within(1e-5f));
  }

  /**
   * Of a layer two channels are silent; of another one, and the second emits a constant that the
   * next layer pads; a third layer is empty.
   */
  @Test
  void aBasicBlockLosesInnerChannels() {
    Weights residual = residual(RESNET18);
    silence(residual, "conv2_1_1", 3);
    silence(residual, "conv2_1_1", 5);
    silence(residual, "conv3_1_1", 7);
    silence(residual, "conv3_1_1", 8);
    residual.get("conv3_1_1/beta").values()[8] = .5f;
    for (int channel = 0; channel < 512; channel++) {
      silence(residual, "conv5_2_1", channel);
    }
    PrunedNetwork pruned = pruned(RESNET18, residual);

    assertThat(changed(pruned))
        .containsExactly(
            new Layer("conv2_1_1", 62, 64),
            new Layer("conv3_1_1", 127, 128),
            new Layer("conv5_2_1", 1, 512));
    assertThat(pruned.weights().get("conv3_1_1/kernel").shape()).containsExactly(3, 3, 64, 127);
    assertThat(pruned.weights().get("conv3_1_2/kernel").shape()).containsExactly(3, 3, 127, 128);
    // Stages have maps of 9 × 8, 5 × 4, 3 × 2 and 2 × 1; what goes reads and is read by 3 × 3.
    long saved = 72 * 9 * 2 * (64 + 64) + 20 * 9 * (64 + 128) + 2 * 9 * 511L * (512 + 512);
    assertThat(multiplyAdds(pruned.backbone())).isEqualTo(multiplyAdds(backbone(RESNET18)) - saved);
    assertThat(logits(pruned)).containsExactly(logits(RESNET18, residual), within(1e-5f));
  }

  /** A 3×3 convolution pads what it reads, a 1×1 does not. */
  @Test
  void aBottleneckLosesInnerChannels() {
    Weights residual = residual(RESNET50);
    silence(residual, "conv2_2_1", 3);
    silence(residual, "conv2_2_1", 4);
    residual.get("conv2_2_1/beta").values()[4] = .5f;
    silence(residual, "conv3_1_1", 9);
    silence(residual, "conv3_1_2", 10);
    residual.get("conv3_1_2/beta").values()[10] = .5f;
    PrunedNetwork pruned = pruned(RESNET50, residual);

    assertThat(changed(pruned))
        .containsExactly(
            new Layer("conv2_2_1", 63, 64),
            new Layer("conv3_1_1", 127, 128),
            new Layer("conv3_1_2", 127, 128));
    assertThat(pruned.weights().get("conv3_1_2/kernel").shape()).containsExactly(3, 3, 127, 127);
    assertThat(pruned.weights().get("conv3_1_3/kernel").shape()).containsExactly(1, 1, 127, 512);
    long saved =
        72 * (256 + 9 * 64) // of conv2_2_1
            + 72 * 256 // of conv3_1_1, before the maps are halved
            + 20 * 9 * (128 * 128 - 127 * 127)
            + 20 * 512; // of conv3_1_3
    assertThat(multiplyAdds(pruned.backbone())).isEqualTo(multiplyAdds(backbone(RESNET50)) - saved);
    assertThat(logits(pruned)).containsExactly(logits(RESNET50, residual), within(1e-5f));
  }

  @Test
  void whatBlocksAddToEachOtherStays() {
    Weights residual = residual(RESNET18);
    for (String layer : List.of("conv1", "conv2_1_2", "conv3_1_2", "conv3_1_shortcut")) {
      silence(residual, layer, 0);
    }
    PrunedNetwork pruned = pruned(RESNET18, residual);
    assertThat(changed(pruned)).isEmpty();
    assertThat(logits(pruned)).containsExactly(logits(RESNET18, residual), within(1e-5f));
  }

  /** Small weights, so that sums of many blocks are of the size of one. */
  private static Weights residual(BackboneSettings settings) {
    Weights weights = Columns.random(TASK, settings, 3);
    weights
        .all()
        .forEach(
            (name, weight) -> {
              long[] shape = weight.shape();
              if (name.endsWith("/kernel")) {
                double scale =
                    2 / Math.sqrt((double) weight.values().length / shape[shape.length - 1]);
                for (int i = 0; i < weight.values().length; i++) {
                  weight.values()[i] *= (float) scale;
                }
              }
            });
    return weights;
  }

  /** What a mask leaves of a channel in a ResNet. */
  private static void silence(Weights weights, String layer, int channel) {
    Columns.empty(weights, layer, channel);
    for (String parameter : List.of("gamma", "beta")) {
      weights.get(layer + "/" + parameter).values()[channel] = 0;
    }
  }

  private static long multiplyAdds(Backbone backbone) {
    return backbone.multiplyAdds(TASK.shape());
  }

  private static List<Integer> kept(PrunedNetwork pruned) {
    return pruned.layers().stream().map(Layer::kept).toList();
  }

  private static List<Layer> changed(PrunedNetwork pruned) {
    return pruned.layers().stream().filter(layer -> layer.kept() < layer.channels()).toList();
  }

  private static Backbone backbone(BackboneSettings settings) {
    return new Backbone(settings, TASK.shape().channels(), Optional.empty());
  }

  private static PrunedNetwork pruned(BackboneSettings settings, Weights of) {
    return PrunedNetwork.of(backbone(settings), of);
  }

  private float[] logits() {
    return logits(Columns.BACKBONE, weights);
  }

  private float[] logits(PrunedNetwork pruned) {
    return logits(pruned.backbone(), pruned.weights());
  }

  private float[] logits(BackboneSettings settings, Weights of) {
    return logits(backbone(settings), of);
  }

  private float[] logits(Backbone backbone, Weights of) {
    TaskNetwork network = TaskNetwork.column(TASK, new Parameters(Map.of()), backbone);
    return bench.value(Columns.run(bench, network, of, Columns.pixels(TASK.shape())).logits());
  }
}
