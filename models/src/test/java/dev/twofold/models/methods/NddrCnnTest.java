package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** The NDDR layer by golden.json, and the limits of NDDR-CNN. */
class NddrCnnTest {
  private static final JsonNode GOLDEN = Golden.section("nddr");
  private static final String LAYER = "nddr/stage1";

  private static NddrCnn.Layer layer(double own) {
    return new NddrCnn.Layer(new NddrCnnSettings(own, 10));
  }

  private static Map<String, Variable> golden(Bench bench) {
    Map<String, Variable> column = new LinkedHashMap<>();
    put(bench, column, "kernel", Role.KERNEL, new long[] {1, 1, 4, 2}, floats("conv"));
    put(bench, column, "gamma", Role.NORM, new long[] {2}, floats("gamma"));
    put(bench, column, "beta", Role.NORM, new long[] {2}, floats("beta"));
    put(bench, column, "mean", Role.FROZEN, new long[] {2}, 0, 0);
    put(bench, column, "variance", Role.FROZEN, new long[] {2}, 1, 1);
    return column;
  }

  private static void put(
      Bench bench,
      Map<String, Variable> column,
      String parameter,
      Role role,
      long[] shape,
      float... values) {
    String name = LAYER + "/" + parameter;
    column.put(name, bench.variable("a/" + name, role, shape, values));
  }

  private static float[] floats(String name) {
    return Golden.floats(GOLDEN.get(name));
  }

  private static List<Operand<TFloat32>> features(Bench bench) {
    List<Operand<TFloat32>> features = new ArrayList<>();
    GOLDEN.get("x").forEach(x -> features.add(bench.constant(Golden.shape(x), Golden.floats(x))));
    return features;
  }

  private static Operand<TFloat32> mixed(Bench bench, Map<String, Variable> column, Mode mode) {
    return layer(0.9).mix(bench.tf(), Parameters.of(column), LAYER, features(bench), mode);
  }

  private static Mode training(Bench bench) {
    return new Mode(bench.net(), "a/", 0, null);
  }

  @Test
  void reducesTheColumnsToOnesChannels() {
    try (Bench bench = new Bench()) {
      Map<String, Variable> column = golden(bench);
      Operand<TFloat32> mixed = mixed(bench, column, training(bench));
      bench.initialise();

      assertThat(bench.value(mixed))
          .as("1×1 convolution, batch norm in training, ReLU")
          .containsExactly(floats("expected"), within(1e-4f));
      bench.run(bench.net().statisticUpdates());
      assertThat(bench.value(column.get(LAYER + "/mean").value()))
          .as("decay .95")
          .containsExactly(floats("moving_mean_after_one_step_from_0_decay_095"), within(1e-6f));
      assertThat(bench.value(column.get(LAYER + "/variance").value()))
          .containsExactly(floats("moving_variance_from_1_population"), within(1e-6f));
    }
  }

  /** Moving statistics 0 and 1, γ = √(1 + ε) and β = 0 leave z as it is, and so does the ReLU. */
  @Test
  void convolvesTheColumnsChannels() {
    float gamma = (float) Math.sqrt(1 + GOLDEN.get("eps").asDouble());
    try (Bench bench = new Bench()) {
      Map<String, Variable> column = golden(bench);
      Operand<TFloat32> mixed = mixed(bench, column, Mode.PREDICTION);
      bench.initialise();

      assertThat(
              bench.value(
                  mixed,
                  Map.of(
                      column.get(LAYER + "/gamma").value(),
                      new float[] {gamma, gamma},
                      column.get(LAYER + "/beta").value(),
                      new float[2])))
          .as("z = [x_a, x_b] * W_a")
          .containsExactly(floats("z"), within(1e-5f));
    }
  }

  /** Of the statistics' start 400 steps leave .95⁴⁰⁰ = 1e-9. */
  @Test
  void movingStatisticsComeToTheBatchs() {
    try (Bench bench = new Bench()) {
      Map<String, Variable> column = golden(bench);
      Operand<TFloat32> trained = mixed(bench, column, training(bench));
      Operand<TFloat32> predicted = mixed(bench, column, Mode.PREDICTION);
      List<Op> updates = bench.net().statisticUpdates();
      bench.initialise();
      for (int step = 0; step < 400; step++) {
        bench.run(updates);
      }

      assertThat(bench.value(column.get(LAYER + "/mean").value()))
          .as("mean of z")
          .containsExactly(floats("mean"), within(1e-5f));
      assertThat(bench.value(column.get(LAYER + "/variance").value()))
          .as("population variance of z")
          .containsExactly(floats("variance"), within(1e-5f));
      assertThat(bench.value(predicted)).containsExactly(bench.value(trained), within(1e-4f));
    }
  }

  @Test
  void startsAsDiagonals() {
    float[] kernel = layer(0.9).starts(0, 2, 2).get(0).weight().values();

    assertThat(kernel).as("[T·C, C]").containsExactly(floats("conv"), within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aChannelStartsWithASumOfOne(int columns) {
    for (int a = 0; a < columns; a++) {
      float[] kernel = layer(0.9).starts(a, columns, 4).get(0).weight().values();
      for (int b = 0; b < columns; b++) {
        assertThat(layer(0.9).share(kernel, b, columns))
            .as("what %d takes of %d", a, b)
            .isCloseTo(a == b ? 0.9 : 0.1 / (columns - 1), within(1e-6));
      }
    }
  }

  /**
   * Features behind a pooling are not negative, so the layer's ReLU changes nothing where its batch
   * norm does not: from moving statistics 0 and 1, γ = √(1 + ε) makes that the identity.
   */
  @Test
  void withItsOwnBlockAndNoBatchNormAColumnHasSingleTasksActivations() {
    float gamma = (float) Math.sqrt(1 + GOLDEN.get("eps").asDouble());
    List<float[]> alone = activations(new SingleTask(), 1);
    List<float[]> own = activations(new NddrCnn(new NddrCnnSettings(1, 10)), gamma);
    List<float[]> mixed = activations(new NddrCnn(new NddrCnnSettings(0.9, 10)), gamma);

    for (int i = 0; i < alone.size(); i++) {
      assertThat(own.get(i)).as("W = [I, 0]").containsExactly(alone.get(i), within(1e-4f));
    }
    assertThat(mixed.get(2)).as("logits with W = [.9·I, .1·I]").isNotEqualTo(own.get(2));
  }

  /** Feature maps and logits of the first of two tasks, with this γ in the NDDR layers. */
  private static List<float[]> activations(GraphMethod method, float gamma) {
    Task task = new Task("one", Units.COLOUR, List.of("a", "b", "c"));
    Task other = new Task("other", Units.COLOUR, List.of("a", "b"));
    try (Bench bench = new Bench()) {
      var one = SmallConstruction.input(bench, task, 3);
      TaskNetwork network =
          method
              .build(
                  SmallConstruction.of(
                      bench,
                      Units.BACKBONE,
                      scratch(),
                      Units.unclipped(1),
                      List.of(one, SmallConstruction.input(bench, other, 3))))
              .networks()
              .get(0);
      Parameters parameters =
          network
              .parameters()
              .map(
                  (name, operand) ->
                      name.endsWith("/gamma")
                          ? bench.tf().math.mul(operand, bench.tf().constant(gamma))
                          : operand);
      bench.initialise();
      Activations activations = network.forward().run(bench.tf(), parameters, one.images());
      List<float[]> values = new ArrayList<>();
      activations.maps().forEach(map -> values.add(bench.value(map)));
      values.add(bench.value(activations.logits()));
      return values;
    }
  }

  private static ColumnStart scratch() {
    return new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7);
  }

  @Test
  void threeColumnsLearnAndReportTheirShares() {
    ImageShape grey = new ImageShape(16, 16, 1);
    Trainer.Unit unit =
        new Trainer.Unit(
            new NddrCnn(new NddrCnnSettings(0.9, 10)),
            Units.BACKBONE,
            scratch(),
            Units.steps(80),
            7,
            1);
    try (Trainer trainer =
        new Trainer(
            unit,
            List.of(
                Units.blobs("one", Units.COLOUR, 4),
                Units.blobs("two", grey, 4),
                Units.blobs("three", Units.COLOUR, 4)),
            new TrainingObserver() {})) {
      TrainedUnit trained = trainer.train(Optional.empty());

      for (String task : List.of("one", "two", "three")) {
        assertThat(trained.metrics().get("accuracy/" + task))
            .as("accuracy of %s; chance is .25", task)
            .isGreaterThan(0.6);
        assertThat(trained.metrics().get("nddr/stage2/%s.%s".formatted(task, task)))
            .as("what %s takes of itself, at first .9", task)
            .isGreaterThan(0.3);
      }
      assertThat(trained.metrics().keySet().stream().filter(name -> name.startsWith("nddr/")))
          .as("9 pairs behind 2 stages")
          .hasSize(18);
    }
  }

  @Test
  void refusesAnOwnShareAboveOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NddrCnnSettings(1.1, 10))
        .withMessage("Invalid own of nddr-cnn: 1.1 (must be in (0, 1])");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NddrCnnSettings(0.9, -1))
        .withMessage("Invalid layerRate of nddr-cnn: -1.0 (must be at least 0)");
  }
}
