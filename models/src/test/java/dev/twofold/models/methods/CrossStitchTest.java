package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import dev.twofold.models.training.TrainingSettings.EpochLength;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import dev.twofold.models.training.TrainingSettings.Schedule;
import dev.twofold.models.training.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Eq. (1) of the paper by golden.json, and the limits of cross-stitch on real trainings. */
class CrossStitchTest {
  private static final JsonNode GOLDEN = Golden.section("cross_stitch");
  private static final ImageShape GREY = new ImageShape(16, 16, 1);

  /** One size, or the columns' features would not fit; unlike in colour, images and classes. */
  private static List<TaskData> tasks() {
    return List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", GREY, 5));
  }

  private static CrossStitch stitch(double own, double alphaRate) {
    return new CrossStitch(new CrossStitchSettings(own, alphaRate));
  }

  private static Trainer trainer(
      GraphMethod method,
      Start.From from,
      Optional<Auxiliary> auxiliary,
      TrainingSettings training,
      List<TaskData> tasks,
      TrainingObserver observer) {
    return new Trainer(
        new Trainer.Unit(
            method,
            Units.BACKBONE,
            new ColumnStart(Units.start(from), auxiliary, Optional.empty(), 7),
            training,
            7,
            1),
        tasks,
        observer);
  }

  private static TrainedUnit fromScratch(
      GraphMethod method, TrainingSettings training, List<TaskData> tasks) {
    try (Trainer trainer =
        trainer(
            method,
            Start.From.SCRATCH,
            Optional.empty(),
            training,
            tasks,
            new TrainingObserver() {})) {
      return trainer.train(Optional.empty());
    }
  }

  @Test
  void columnsExchangeChannelByChannel() {
    try (Bench bench = new Bench()) {
      List<Operand<TFloat32>> features = new ArrayList<>();
      GOLDEN.get("x").forEach(x -> features.add(bench.constant(Golden.shape(x), Golden.floats(x))));
      for (int a = 0; a < 2; a++) {
        JsonNode row = GOLDEN.get("alpha_abc").get(a);
        Operand<TFloat32> alpha = bench.constant(Golden.shape(row), Golden.floats(row));

        assertThat(
                bench.value(
                    new CrossStitch.Unit(new CrossStitchSettings(0.9, 100))
                        .mix(
                            bench.tf(),
                            new Parameters(Map.of("stitch/stage1/alpha", alpha)),
                            "stitch/stage1",
                            features,
                            Mode.PREDICTION)))
            .as("Eq. (1), a = %d", a)
            .containsExactly(Golden.floats(GOLDEN.get("expected").get(a)), within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aRowStartsWithASumOfOne(int columns) {
    JsonNode golden = GOLDEN.get("init_T" + columns);
    CrossStitch.Unit unit = new CrossStitch.Unit(CrossStitchSettings.preset(Preset.TUNED));
    for (int a = 0; a < columns; a++) {
      float[] alpha = unit.starts(a, columns, 4).get(0).weight().values();
      double sum = 0;
      for (int b = 0; b < columns; b++) {
        double start = golden.get(a == b ? "own" : "other").asDouble();
        for (int c = 0; c < 4; c++) {
          assertThat((double) alpha[b * 4 + c])
              .as("α_%d%d[%d]", a, b, c)
              .isCloseTo(start, within(1e-7));
        }
        sum += unit.share(alpha, b, columns);
      }
      assertThat(sum).as("row %d", a).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void withTheIdentityForAlphaCrossStitchIsSingleTask() {
    TrainedUnit single = fromScratch(new SingleTask(), Units.unclipped(8), tasks());
    TrainedUnit stitched = fromScratch(stitch(1, 0), Units.unclipped(8), tasks());

    for (String task : List.of("colour", "grey")) {
      Weights own = stitched.weights().below(task + "/" + task + "/");
      Weights alone = single.weights().below(task + "/");
      assertThat(own.all().keySet()).containsAll(alone.all().keySet());
      alone
          .all()
          .forEach(
              (name, weight) ->
                  assertThat(own.get(name).values())
                      .as("%s of %s after 8 steps, to the bit", name, task)
                      .isEqualTo(weight.values()));
      assertThat(stitched.metrics().get("loss/" + task))
          .isEqualTo(single.metrics().get("loss/" + task));
    }
  }

  /** So that the test above can fail: once α may move, columns exchange. */
  @Test
  void alphaThatLearnsLeavesTheIdentity() {
    TrainedUnit stitched = fromScratch(stitch(1, 100), Units.steps(8), tasks());

    assertThat(stitched.metrics().get("stitch/stage1/colour.grey")).isNotZero();
  }

  /** A row of α sums to 1: columns that are alike exchange equal features. */
  @Test
  void fromTheSameStartTheFirstStepIsSingleTasks() {
    Auxiliary auxiliary = Units.pretrained(Units.blobs("auxiliary", Units.COLOUR, 9), 20);
    List<TaskData> alike =
        List.of(
            Units.blobs("one", Units.COLOUR, 4),
            Units.blobs("two", Units.COLOUR, 5),
            Units.blobs("three", Units.COLOUR, 3));
    List<Map<String, Double>> metrics = new ArrayList<>();
    for (GraphMethod method : List.of(new SingleTask(), stitch(0.9, 100))) {
      try (Trainer trainer =
          trainer(
              method,
              Start.From.AUXILIARY,
              Optional.of(auxiliary),
              Units.unclipped(1),
              alike,
              new TrainingObserver() {})) {
        metrics.add(trainer.train(Optional.empty()).metrics());
      }
    }

    for (String task : List.of("loss/one", "loss/two", "loss/three")) {
      assertThat(metrics.get(1).get(task))
          .as(task)
          .isCloseTo(metrics.get(0).get(task), within(1e-5));
    }
  }

  @Test
  void threeColumnsLearn() {
    List<TaskData> three =
        List.of(
            Units.blobs("one", Units.COLOUR, 4),
            Units.blobs("two", GREY, 4),
            Units.blobs("three", Units.COLOUR, 4));
    TrainedUnit stitched = fromScratch(stitch(0.9, 100), Units.steps(80), three);

    for (String task : List.of("one", "two", "three")) {
      assertThat(stitched.metrics().get("accuracy/" + task))
          .as("accuracy of %s; chance is .25", task)
          .isGreaterThan(0.6);
      assertThat(stitched.metrics()).containsKeys("stitch/stage1/" + task + ".one");
    }
    assertThat(stitched.metrics().keySet().stream().filter(name -> name.startsWith("stitch/")))
        .as("9 pairs behind 2 stages")
        .hasSize(18);
  }

  /** From one checkpoint in the middle of the schedule, one step at either rate. */
  @ParameterizedTest
  @EnumSource(Schedule.class)
  void theRateOfAlphaSurvivesTheSchedule(Schedule schedule) {
    Checkpoint middle = checkpoint(schedule, 100, Optional.empty(), 5);
    float[] before = alpha(middle);
    float[] slow = alpha(checkpoint(schedule, 1, Optional.of(middle), 6));
    float[] fast = alpha(checkpoint(schedule, 100, Optional.of(middle), 6));

    for (int i = 0; i < before.length; i++) {
      float step = fast[i] - before[i];
      assertThat(step)
          .as("Δα[%d]", i)
          .isNotZero()
          .isCloseTo(100 * (slow[i] - before[i]), within(1e-3f * Math.abs(step) + 2e-5f));
    }
  }

  private static Checkpoint checkpoint(
      Schedule schedule, double alphaRate, Optional<Checkpoint> from, int step) {
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    TrainingObserver stopper =
        new TrainingObserver() {
          @Override
          public boolean stepped(int done, double[] losses, Supplier<Checkpoint> checkpoint) {
            if (done == step) {
              saved.set(checkpoint.get());
            }
            return done < step;
          }
        };
    try (Trainer trainer =
        trainer(
            stitch(0.9, alphaRate),
            Start.From.SCRATCH,
            Optional.empty(),
            withoutMomentum(schedule),
            tasks(),
            stopper)) {
      trainer.train(from);
    }
    return saved.get();
  }

  private static TrainingSettings withoutMomentum(Schedule schedule) {
    return new TrainingSettings(
        Optimizer.SGD,
        0.01,
        0,
        schedule,
        0,
        0,
        Reduction.MEAN,
        0,
        0,
        16,
        null,
        10,
        EpochLength.MAX,
        Precision.FLOAT32);
  }

  private static float[] alpha(Checkpoint checkpoint) {
    return checkpoint.weights().get("colour/stitch/stage1/alpha").values();
  }

  @Test
  void refusesAnOwnShareOfNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CrossStitchSettings(0, 100))
        .withMessage("Invalid own of cross-stitch: 0.0 (must be in (0, 1])");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CrossStitchSettings(0.9, -1))
        .withMessage("Invalid alphaRate of cross-stitch: -1.0 (must be at least 0)");
  }
}
