package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Bench;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Task;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What cross-stitch and NDDR-CNN have in common. */
class MixedColumnsTest {
  private static final GraphMethod STITCH = new CrossStitch(new CrossStitchSettings(0.9, 100));
  private static final GraphMethod NDDR = new NddrCnn(new NddrCnnSettings(0.9, 10));

  private static final Task ONE = new Task("one", Units.COLOUR, List.of("a", "b", "c"));
  private static final Task TWO = new Task("two", Units.COLOUR, List.of("a", "b"));

  private static BackboneSettings backbone(boolean batchNorm, String... layers) {
    return new BackboneSettings(null, List.of(layers), List.of(), batchNorm);
  }

  private static Objective objective(Bench bench, GraphMethod method, BackboneSettings backbone) {
    return method.build(
        SmallConstruction.of(
            bench,
            backbone,
            scratch(),
            Units.unclipped(1),
            List.of(
                SmallConstruction.input(bench, ONE, 2), SmallConstruction.input(bench, TWO, 2))));
  }

  private static ColumnStart scratch() {
    return new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7);
  }

  /** Of the other column neither its last cross-stitch unit nor its head. */
  @Test
  void aNetworkHasWhatItReadsOfEveryColumn() {
    try (Bench bench = new Bench()) {
      Objective objective = objective(bench, STITCH, backbone(false, "3", "M", "4", "M"));

      assertThat(objective.networks().get(1).parameters().all().keySet())
          .containsExactly(
              "one/input/mean",
              "one/input/deviation",
              "one/conv1_1/kernel",
              "one/conv1_1/bias",
              "one/conv2_1/kernel",
              "one/conv2_1/bias",
              "one/stitch/stage1/alpha",
              "two/input/mean",
              "two/input/deviation",
              "two/conv1_1/kernel",
              "two/conv1_1/bias",
              "two/conv2_1/kernel",
              "two/conv2_1/bias",
              "two/head/kernel",
              "two/head/bias",
              "two/stitch/stage1/alpha",
              "two/stitch/stage2/alpha");
    }
  }

  @Test
  void aStageWithoutPoolingIsNotMixedBehind() {
    try (Bench bench = new Bench()) {
      Objective objective = objective(bench, NDDR, backbone(false, "3", "M", "4"));

      assertThat(objective.networks().get(0).parameters().all().keySet())
          .contains("one/nddr/stage1/kernel")
          .contains("one/conv2_1/kernel", "two/conv1_1/kernel")
          .doesNotContain("one/nddr/stage2/kernel", "two/nddr/stage1/kernel")
          .as("of the other column nothing behind the last mixing")
          .doesNotContain("two/conv2_1/kernel", "two/conv2_1/bias");
    }
  }

  @Test
  void sharesAreReportedByPairAndStage() {
    try (Bench bench = new Bench()) {
      Objective objective = objective(bench, STITCH, backbone(false, "3", "M"));
      bench.initialise();
      Map<String, Double> metrics = bench.measured(objective.reporters().get(0));

      assertThat(metrics)
          .containsOnlyKeys(
              "stitch/stage1/one.one",
              "stitch/stage1/one.two",
              "stitch/stage1/two.one",
              "stitch/stage1/two.two");
      assertThat(metrics.get("stitch/stage1/one.one")).isCloseTo(0.9, within(1e-6));
      assertThat(metrics.get("stitch/stage1/one.two")).isCloseTo(0.1, within(1e-6));
    }
  }

  @Test
  void alphaDoesNotDecayAndTheKernelsOfNddrDo() {
    try (Bench stitch = new Bench();
        Bench nddr = new Bench()) {
      assertThat(objective(stitch, STITCH, backbone(false, "3", "M")).columns().get(0))
          .extracting(Variable::name)
          .containsExactly("one/conv1_1/kernel", "one/head/kernel");
      assertThat(objective(nddr, NDDR, backbone(false, "3", "M")).columns().get(0))
          .extracting(Variable::name)
          .containsExactly("one/conv1_1/kernel", "one/head/kernel", "one/nddr/stage1/kernel");
    }
  }

  /** Each of four (column, batch) has its own, in the backbone's batch norm as in NDDR's. */
  @Test
  void movingStatisticsAreNotMixed() {
    Trainer.Unit unit =
        new Trainer.Unit(NDDR, backbone(true, "4", "M", "4", "M"), scratch(), Units.steps(4), 7, 1);
    Weights weights;
    try (Trainer trainer =
        new Trainer(
            unit,
            List.of(
                Units.blobs("one", Units.COLOUR, 4),
                Units.blobs("two", new ImageShape(16, 16, 1), 5)),
            new TrainingObserver() {})) {
      TrainedUnit trained = trainer.train(Optional.empty());
      weights = trained.weights();
    }

    for (String layer : List.of("conv1_1", "conv2_1", "nddr/stage1")) {
      for (String column : List.of("one", "two")) {
        float[] own = weights.get("one/%s/%s/mean".formatted(column, layer)).values();
        float[] foreign = weights.get("two/%s/%s/mean".formatted(column, layer)).values();
        assertThat(own).as("%s of column %s", layer, column).isNotEqualTo(foreign);
        assertThat(foreign).as("has followed").isNotEqualTo(new float[foreign.length]);
        assertThat(weights.get("one/%s/%s/gamma".formatted(column, layer)).values())
            .as("γ is one")
            .isEqualTo(weights.get("two/%s/%s/gamma".formatted(column, layer)).values());
      }
    }
  }

  private static Map<String, ImageShape> images(ImageShape first, ImageShape second) {
    Map<String, ImageShape> images = new LinkedHashMap<>();
    images.put("first", first);
    images.put("second", second);
    return images;
  }

  @Test
  void refusesColumnsWhoseFeaturesDiffer() {
    BackboneSettings backbone = backbone(false, "8", "M", "12", "M");
    for (GraphMethod method : List.of(STITCH, NDDR)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  method.check(
                      images(new ImageShape(32, 32, 3), new ImageShape(34, 32, 1)), backbone))
          .withMessage(
              "Cannot mix columns of tasks first and second behind stage1:"
                  + " features of [16, 16, 8] and [17, 16, 8]"
                  + " (must be of equal shape; give their datasets one size)");
    }
  }

  @Test
  void greyAndColourColumnsMixAndAnOddRowDoesNotMatter() {
    STITCH.check(
        images(new ImageShape(32, 32, 3), new ImageShape(33, 32, 1)),
        backbone(false, "8", "M", "12", "M"));
  }

  @Test
  void refusesABackboneWithoutPooling() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                NDDR.check(
                    images(new ImageShape(8, 8, 3), new ImageShape(8, 8, 3)), backbone(false, "8")))
        .withMessage(
            "Cannot mix columns: the backbone has no pooling to mix behind"
                + " (must have at least one)");
  }
}
