package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Bench;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Objective;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.PrunedNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.DamtlSettings.Alignment;
import dev.twofold.models.methods.DamtlSettings.Kernel;
import dev.twofold.models.methods.DamtlSettings.MaskBase;
import dev.twofold.models.methods.DamtlSettings.MaskStep;
import dev.twofold.models.methods.DamtlSettings.Sparsity;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Limits of DAMTL, as remarks of the paper. */
class DamtlTest {
  private static final List<String> KERNELS = List.of("conv1_1/kernel", "conv2_1/kernel");

  /**
   * The learning rate of Ψ, .01 on a cosine, sums to .105 over 20 steps: without gradients Ψ would
   * fall by .105·9.5 = 1, the middle of its start.
   */
  private static final double LAMBDA1 = 9.5;

  private static Auxiliary auxiliary;

  @BeforeAll
  static void pretrain() {
    auxiliary = Units.pretrained(Units.blobs("auxiliary", Units.COLOUR, 9), 20);
  }

  private static DamtlSettings settings(
      double low, double high, MaskBase base, Sparsity sparsity, double lambda1) {
    return new DamtlSettings(
        DamtlSettings.Mode.JOINT,
        List.of(low, high),
        base,
        MaskStep.RMS,
        0.5,
        sparsity,
        Alignment.ALL,
        Kernel.LINEAR,
        lambda1,
        0.01,
        1);
  }

  private static TrainedUnit trained(DamtlSettings settings, int steps) {
    return trained(settings, Units.BACKBONE, auxiliary, steps);
  }

  private static TrainedUnit trained(
      DamtlSettings settings, BackboneSettings backbone, Auxiliary auxiliary, int steps) {
    return trained(
        new Damtl(settings),
        backbone,
        auxiliary,
        steps,
        List.of(Units.blobs("one", Units.COLOUR, 4)));
  }

  private static TrainedUnit trained(
      GraphMethod method,
      BackboneSettings backbone,
      Auxiliary auxiliary,
      int steps,
      List<TaskData> tasks) {
    try (Trainer trainer =
        new Trainer(
            new Trainer.Unit(
                method,
                backbone,
                new ColumnStart(
                    Units.start(Start.From.AUXILIARY), Optional.of(auxiliary), Optional.empty(), 7),
                Units.unclipped(steps),
                7,
                1),
            tasks,
            new TrainingObserver() {})) {
      return trainer.train(Optional.empty());
    }
  }

  /** The auxiliary task's classes in another order, by equal names. */
  private static Task shuffled() {
    return new Task("shuffled", Units.COLOUR, List.of("class7", "class0", "class4", "class1"));
  }

  private static float[] pixels(int images) {
    float[] pixels = new float[images * Units.COLOUR.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i * 37 % 256;
    }
    return pixels;
  }

  @Test
  void withMasksOfOneAColumnHasTheAuxiliaryNetworksActivations() {
    Task task = shuffled();
    try (Bench bench = new Bench()) {
      Operand<TFloat32> images = bench.constant(new long[] {3, 16, 16, 3}, pixels(3));
      Objective objective =
          new Damtl(settings(1, 1, MaskBase.TRAINABLE, Sparsity.ELEMENT, 0.3))
              .build(
                  SmallConstruction.of(
                      bench,
                      Units.BACKBONE,
                      new ColumnStart(
                          new Start(
                              Start.From.AUXILIARY,
                              Start.ScratchSeed.PER_TASK,
                              Start.HeadStart.LABEL_MAP,
                              null),
                          Optional.of(auxiliary),
                          Optional.empty(),
                          7),
                      Units.unclipped(1),
                      List.of(SmallConstruction.input(bench, task, 3))));
      bench.initialise();
      TaskNetwork network = objective.networks().get(0);
      Activations column = network.forward().run(bench.tf(), network.parameters(), images);
      Activations original = auxiliaryActivations(bench, images);

      for (int l = 0; l < column.maps().size(); l++) {
        assertThat(bench.value(column.maps().get(l)))
            .as("F^%d, to the bit", l + 1)
            .isEqualTo(bench.value(original.maps().get(l)));
      }
      assertThat(bench.value(column.outputs().get(0)))
          .as("hidden, to the bit")
          .isEqualTo(bench.value(original.outputs().get(0)));
      float[] logits = bench.value(column.logits());
      float[] all = bench.value(original.logits());
      for (int image = 0; image < 3; image++) {
        assertThat(List.of(0, 1, 2, 3).stream().map(logit(logits, image, 4)::at))
            .as("logits of classes 7, 0, 4, 1")
            .usingElementComparator((x, y) -> Math.abs(x - y) < 1e-5 ? 0 : 1)
            .containsExactlyElementsOf(
                List.of(7, 0, 4, 1).stream().map(logit(all, image, 9)::at).toList());
      }
    }
  }

  private interface Row {
    float at(int index);
  }

  private static Row logit(float[] logits, int image, int classes) {
    return k -> logits[image * classes + k];
  }

  private static Activations auxiliaryActivations(Bench bench, Operand<TFloat32> images) {
    Map<String, Operand<TFloat32>> constants = new LinkedHashMap<>();
    auxiliary
        .weights()
        .all()
        .forEach(
            (name, weight) -> constants.put(name, bench.constant(weight.shape(), weight.values())));
    return new Backbone(Units.BACKBONE, 3, Optional.empty())
        .forward(bench.tf(), new Parameters(constants), images, Units.COLOUR, Mode.PREDICTION);
  }

  @Test
  void masksOfOneThatDoNotTrainLeaveFrozenKernelsAsTheyAre() {
    DamtlSettings still =
        new DamtlSettings(
            DamtlSettings.Mode.JOINT,
            List.of(1.0, 1.0),
            MaskBase.FROZEN,
            MaskStep.SGD,
            0,
            Sparsity.ELEMENT,
            Alignment.HIDDEN,
            Kernel.LINEAR,
            0.9,
            0.01,
            1);
    TrainedUnit unit = trained(still, 5);

    for (String kernel : KERNELS) {
      assertThat(unit.weights().get("one/" + kernel).values())
          .as(kernel)
          .isEqualTo(auxiliary.weights().get(kernel).values());
    }
    assertThat(unit.weights().get("one/fc1/kernel").values())
        .as("f^h trains")
        .isNotEqualTo(auxiliary.weights().get("fc1/kernel").values());
  }

  /** Columns whose masks stay at 1, without λ1, after 8 steps. */
  private static TrainedUnit unmasked(Alignment alignment) {
    DamtlSettings settings =
        new DamtlSettings(
            DamtlSettings.Mode.JOINT,
            List.of(1.0, 1.0),
            MaskBase.TRAINABLE,
            MaskStep.SGD,
            0,
            Sparsity.ELEMENT,
            alignment,
            Kernel.LINEAR,
            0,
            0.01,
            1);
    return trained(new Damtl(settings), Units.BACKBONE, auxiliary, 8, unlike());
  }

  private static List<TaskData> unlike() {
    return List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 5));
  }

  /** DAMTL_Fa: eq. (4) is the cross-entropy then, and Ψ ⊙ W and its gradient are W's to the bit. */
  @Test
  void withMasksOfOneDamtlWithoutAlignmentIsSingleTask() {
    TrainedUnit single = trained(new SingleTask(), Units.BACKBONE, auxiliary, 8, unlike());
    TrainedUnit unmasked = unmasked(Alignment.NONE);

    assertThat(Units.sameBits(unmasked.weights(), single.weights())).as("after 8 steps").isTrue();
    assertThat(unmasked.metrics()).containsAllEntriesOf(losses(single));
  }

  private static Map<String, Double> losses(TrainedUnit unit) {
    Map<String, Double> losses = new TreeMap<>(unit.metrics());
    losses.keySet().removeIf(metric -> !metric.startsWith("loss/"));
    assertThat(losses).containsOnlyKeys("loss/colour", "loss/grey");
    return losses;
  }

  /** So that the test above can fail. */
  @Test
  void alignmentLeavesSingleTask() {
    assertThat(
            Units.sameBits(
                unmasked(Alignment.HIDDEN).weights(), unmasked(Alignment.NONE).weights()))
        .isFalse();
  }

  @Test
  void elementSparsityReachesExactZerosAndEmptiesNoWholeChannel() {
    TrainedUnit unit =
        trained(settings(0.9, 1.1, MaskBase.TRAINABLE, Sparsity.ELEMENT, LAMBDA1), 20);

    assertThat(unit.metrics().get("sparsity/one/total")).isBetween(0.05, 0.95);
    assertThat(unit.metrics()).containsEntry("sparsity/channels/one/total", 0.0);
    int zeros = 0;
    int all = 0;
    for (String kernel : KERNELS) {
      for (float value : unit.weights().get("one/" + kernel).values()) {
        zeros += value == 0 ? 1 : 0;
        all++;
      }
    }
    assertThat((double) zeros / all)
        .as("zeros of Ψ are zeros of Ψ ⊙ W")
        .isCloseTo(unit.metrics().get("sparsity/one/total"), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void channelSparsityEmptiesWholeChannels(boolean batchNorm) {
    BackboneSettings backbone =
        new BackboneSettings(
            null, Units.BACKBONE.vgg(), Units.BACKBONE.fullyConnected(), batchNorm);
    TrainedUnit unit =
        trained(
            settings(0.9, 1.1, MaskBase.TRAINABLE, Sparsity.CHANNEL, LAMBDA1),
            backbone,
            Units.pretrained(Units.blobs("auxiliary", Units.COLOUR, 9), backbone, 20),
            20);
    int whole = 0;
    int channels = 0;
    for (String layer : List.of("conv1_1", "conv2_1")) {
      Weight kernel = unit.weights().get("one/" + layer + "/kernel");
      int out = (int) kernel.shape()[3];
      for (int c = 0; c < out; c++) {
        boolean empty = empty(kernel.values(), c, out);
        for (String shift : batchNorm ? List.of("bias", "gamma", "beta") : List.of("bias")) {
          // With batch norm a bias has no gradient, and may be 0 from the start.
          float value = unit.weights().get("one/%s/%s".formatted(layer, shift)).values()[c];
          assertThat(empty ? value == 0 : value != 0 || (batchNorm && shift.equals("bias")))
              .as("%s goes with the mask: %s %d is %s", shift, layer, c, value)
              .isTrue();
        }
        whole += empty ? 1 : 0;
      }
      channels += out;
    }

    assertThat((double) whole / channels)
        .isBetween(0.05, 0.95)
        .isCloseTo(unit.metrics().get("sparsity/channels/one/total"), within(1e-9));
    Backbone network = new Backbone(backbone, 3, Optional.empty());
    PrunedNetwork pruned = PrunedNetwork.of(network, unit.weights().below("one/"));
    assertThat(pruned.layers().stream().mapToInt(layer -> layer.channels() - layer.kept()).sum())
        .as("every empty channel is silent, so that it can go")
        .isEqualTo(whole);
    assertThat(unit.metrics().get("sparsity/multiply_adds/one/total"))
        .isCloseTo(1 - multiplyAdds(pruned.backbone()) / multiplyAdds(network), within(1e-9))
        .isPositive();
  }

  private static double multiplyAdds(Backbone backbone) {
    return backbone.multiplyAdds(Units.COLOUR);
  }

  private static boolean empty(float[] kernel, int channel, int out) {
    for (int d = 0; d < kernel.length / out; d++) {
      if (kernel[d * out + channel] != 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void refusesToAlignWithoutAnAuxiliaryNetwork() {
    Trainer.Unit unit =
        new Trainer.Unit(
            new Damtl(settings(1, 1, MaskBase.TRAINABLE, Sparsity.ELEMENT, 0.3)),
            Units.BACKBONE,
            new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7),
            Units.unclipped(1),
            7,
            1);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Trainer(
                        unit,
                        List.of(Units.blobs("one", Units.COLOUR, 4)),
                        new TrainingObserver() {})
                    .close())
        .withMessage(
            "Cannot align the classes of task one:"
                + " damtl with alignment: all needs an auxiliary network");
  }
}
