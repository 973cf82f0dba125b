package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Bench;
import dev.twofold.models.Construction;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Refresh;
import dev.twofold.models.Step;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.export.MultiplyAdds;
import dev.twofold.models.export.PrunedNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.DamtlSettings.Alignment;
import dev.twofold.models.methods.DamtlSettings.Kernel;
import dev.twofold.models.methods.DamtlSettings.MaskBase;
import dev.twofold.models.methods.DamtlSettings.MaskStep;
import dev.twofold.models.methods.DamtlSettings.Sparsity;
import dev.twofold.models.methods.MtalSettings.Pick;
import dev.twofold.models.methods.MtalSettings.Similarity;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Normalisation;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.Units;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Methods on a ResNet: their limits, as remarks of the papers, and the gradients that train it. */
class ResNetTest {
  private static final BackboneSettings RESNET =
      new BackboneSettings("resnet18", null, List.of(8), null);
  private static final ImageShape COLOUR = new ImageShape(8, 8, 3);
  private static final ImageShape GREY = new ImageShape(8, 8, 1);
  private static final List<String> STATISTICS = List.of("gamma", "beta", "mean", "variance");

  /** Stem, the two ways through a block that halves the maps, the last block, a matrix, mixing. */
  private static final String DIFFERENTIATED =
      "conv1/kernel|conv3_1_1/kernel|conv3_1_2/gamma|conv3_1_shortcut/(kernel|mask)|conv5_2_2/beta|fc1/kernel|stitch/stage2/alpha|nddr/stage3/kernel";

  private static Auxiliary auxiliary;

  @BeforeAll
  static void pretrain() {
    auxiliary = Units.pretrained(Units.blobs("auxiliary", COLOUR, 9), RESNET, 2);
  }

  private static ColumnStart start(Start.From from, Start.HeadStart head) {
    return new ColumnStart(
        new Start(from, Start.ScratchSeed.PER_TASK, head, null),
        Optional.of(auxiliary),
        Optional.empty(),
        7);
  }

  private static Trainer trainer(
      GraphMethod method, Start.From from, int steps, TrainingObserver observer) {
    List<TaskData> tasks = List.of(Units.blobs("colour", COLOUR, 4), Units.blobs("grey", GREY, 5));
    return new Trainer(
        new Trainer.Unit(
            method, RESNET, start(from, Start.HeadStart.RANDOM), Units.unclipped(steps), 7, 1),
        tasks,
        observer);
  }

  private static TrainedUnit trained(GraphMethod method, Start.From from, int steps) {
    try (Trainer trainer = trainer(method, from, steps, new TrainingObserver() {})) {
      return trainer.train(Optional.empty());
    }
  }

  static Stream<MethodType<?>> methods() {
    return Methods.ALL.stream().filter(type -> !type.isClosedForm());
  }

  private static <S extends Record> GraphMethod tuned(MethodType<S> type) {
    return (GraphMethod) type.method(type.settings().apply(Preset.TUNED));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodTrainsShortcutsAndTheirStatistics(MethodType<?> type) {
    TrainedUnit unit = trained(tuned(type), Start.From.AUXILIARY, 1);

    assertThat(unit.metrics().get("loss/grey")).isFinite();
    for (String statistic : STATISTICS) {
      String name = "conv3_1_shortcut/" + statistic;
      assertThat(unit.weights().get(column(type) + name).values())
          .as(name)
          .isNotEqualTo(auxiliary.weights().get(name).values());
    }
  }

  /** Two tasks' features have two means: a trunk predicts with those that it trained with. */
  @Test
  void aTrunkHasStatisticsOfEveryTask() {
    Weights weights = trained(new MultiTask(), Start.From.AUXILIARY, 2).weights();
    for (String shared : List.of("kernel", "gamma", "beta")) {
      assertThat(weights.get("grey/conv2_1_1/" + shared).values())
          .as(shared)
          .isEqualTo(weights.get("colour/conv2_1_1/" + shared).values());
    }
    for (String own : List.of("mean", "variance")) {
      assertThat(weights.get("grey/conv2_1_1/" + own).values())
          .as(own)
          .isNotEqualTo(weights.get("colour/conv2_1_1/" + own).values());
    }
  }

  /** Moving statistics are among the weights compared. */
  @Test
  void resumedEndsWithTheBitsOfTheUndisturbed() {
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    TrainingObserver stopper =
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            saved.set(checkpoint.get());
            return false;
          }
        };
    TrainedUnit whole = trained(new MultiTask(), Start.From.AUXILIARY, 3);
    try (Trainer killed = trainer(new MultiTask(), Start.From.AUXILIARY, 3, stopper);
        Trainer resumed =
            trainer(new MultiTask(), Start.From.AUXILIARY, 3, new TrainingObserver() {})) {
      killed.train(Optional.empty());
      TrainedUnit continued = resumed.train(Optional.of(saved.get()));

      assertThat(whole.weights().has("grey/conv5_2_2/variance")).isTrue();
      assertThat(Units.sameBits(whole.weights(), continued.weights())).isTrue();
    }
  }

  /** Where columns mix, a task's network has the parameters of all of them. */
  private static String column(MethodType<?> type) {
    return List.of("cross-stitch", "nddr-cnn").contains(type.name()) ? "colour/colour/" : "colour/";
  }

  @Test
  void withRhoOneMtalIsSingleTask() {
    TrainedUnit single = trained(new SingleTask(), Start.From.SCRATCH, 2);
    TrainedUnit mtal = trained(mtal(1), Start.From.SCRATCH, 2);

    assertThat(Units.sameBits(mtal.weights(), single.weights())).isTrue();
    assertThat(mtal.metrics())
        .containsEntry("sharing/total", 0.0)
        .containsEntry("sharing/conv3_1_shortcut", 0.0);
  }

  @Test
  void mtalSharesAllLayersOfGreyAndColourColumnsButTheFirst() {
    assertThat(trained(mtal(0.4), Start.From.AUXILIARY, 1).metrics())
        .containsEntry("sharing/conv1", 0.0)
        .containsEntry("sharing/twin/conv2_1_1", 1.0)
        .containsEntry("sharing/twin/conv3_1_shortcut", 1.0);
  }

  private static Mtal mtal(double rho) {
    return new Mtal(
        new MtalSettings(rho, 0.75, 0.25, Pick.MUTUAL, Similarity.KERNEL, false, 1, null));
  }

  private static Damtl damtl(double low, double high) {
    return new Damtl(
        new DamtlSettings(
            DamtlSettings.Mode.JOINT,
            List.of(low, high),
            MaskBase.TRAINABLE,
            MaskStep.SGD,
            1,
            Sparsity.ELEMENT,
            Alignment.HIDDEN,
            Kernel.LINEAR,
            0.3,
            0.01,
            1));
  }

  @Test
  void withMasksOfOneAColumnHasTheAuxiliaryNetworksActivations() {
    try (Bench bench = new Bench()) {
      Task task = new Task("some", COLOUR, List.of("class7", "class0"));
      Construction construction = construction(bench, task);
      Objective objective = damtl(1, 1).build(construction);
      bench.initialise();
      Operand<TFloat32> images = construction.inputs().get(0).images();
      TaskNetwork network = objective.networks().get(0);
      Activations column = network.forward().run(bench.tf(), network.parameters(), images);
      Activations original = auxiliaryActivations(bench, images);

      assertThat(column.maps()).as("a map of each convolution").hasSize(20);
      for (int l = 0; l < column.maps().size(); l++) {
        assertThat(bench.value(column.maps().get(l)))
            .as("F^%d, to the bit", l + 1)
            .isEqualTo(bench.value(original.maps().get(l)));
      }
      assertThat(bench.value(column.outputs().get(0)))
          .as("hidden, to the bit")
          .isEqualTo(bench.value(original.outputs().get(0)));
    }
  }

  /** α that takes all from the other column sends the features of every stage there. */
  @Test
  void crossStitchMixesBehindEveryStage() {
    Task one = new Task("one", COLOUR, List.of("a", "b", "c"));
    Task two = new Task("two", COLOUR, List.of("a", "b"));
    try (Bench bench = new Bench()) {
      Ops tf = bench.tf();
      Construction construction = construction(bench, Start.From.SCRATCH, one, two);
      TaskNetwork network =
          new CrossStitch(new CrossStitchSettings(0.9, 1)).build(construction).networks().get(0);
      bench.initialise();
      Operand<TFloat32> images = construction.inputs().get(0).images();
      Parameters exchanging =
          network
              .parameters()
              .map(
                  (name, operand) ->
                      name.endsWith("/alpha")
                          ? tf.math.sub(tf.constant(1f), tf.math.round(operand))
                          : operand);
      Activations crossed = network.forward().run(tf, exchanging, images);

      Backbone backbone = construction.backbone(one);
      Parameters ones = network.parameters().below("one/");
      Parameters twos = network.parameters().below("two/");
      Operand<TFloat32> x = backbone.input(tf, ones, images, COLOUR);
      Operand<TFloat32> y = backbone.input(tf, twos, images, COLOUR);
      for (int stage = 0; stage < backbone.stages(); stage++) {
        Operand<TFloat32> next =
            backbone.stage(tf, twos, y, stage, COLOUR, Mode.PREDICTION).features();
        y = backbone.stage(tf, ones, x, stage, COLOUR, Mode.PREDICTION).features();
        x = next;
      }
      Activations expected = backbone.head(tf, ones, x, List.of(), COLOUR, Mode.PREDICTION);

      assertThat(backbone.stages()).isEqualTo(4);
      assertThat(bench.value(crossed.logits())).isEqualTo(bench.value(expected.logits()));
    }
  }

  private static Construction construction(Bench bench, Task... tasks) {
    return construction(bench, Start.From.AUXILIARY, tasks);
  }

  private static Construction construction(Bench bench, Start.From from, Task... tasks) {
    return SmallConstruction.of(
        bench,
        RESNET,
        start(from, Start.HeadStart.RANDOM),
        Units.unclipped(1),
        Stream.of(tasks).map(task -> SmallConstruction.input(bench, task, 6)).toList());
  }

  private static Activations auxiliaryActivations(Bench bench, Operand<TFloat32> images) {
    Map<String, Operand<TFloat32>> constants = new LinkedHashMap<>();
    auxiliary
        .weights()
        .all()
        .forEach(
            (name, weight) -> constants.put(name, bench.constant(weight.shape(), weight.values())));
    return new Backbone(RESNET, 3, Optional.empty())
        .forward(bench.tf(), new Parameters(constants), images, COLOUR, Mode.PREDICTION);
  }

  /** Global average pooling makes the fully connected layers fit a column of another size. */
  @Test
  void aGreyColumnOfAnotherSizeStartsAsTheAuxiliaryNetwork() {
    Map<String, long[]> shapes =
        new Backbone(RESNET, 1, Optional.of(COLOUR)).shapes(new ImageShape(11, 14, 1), 2);
    Weights column =
        start(Start.From.AUXILIARY, Start.HeadStart.RANDOM)
            .column("grey", shapes, new Normalisation(new float[] {0}, new float[] {1}), Map.of());
    float[] colour = auxiliary.weights().get("conv1/kernel").values(); // [3, 3, 3, 64]

    assertThat(column.get("conv1/kernel").shape()).containsExactly(3, 3, 1, 64);
    assertThat(column.get("conv1/kernel").values()[5])
        .as("summed over the input channels")
        .isCloseTo(colour[5] + colour[64 + 5] + colour[128 + 5], within(1e-6f));
    assertSame(column, "fc1/kernel");
    STATISTICS.forEach(statistic -> assertSame(column, "conv5_2_2/" + statistic));
  }

  private static void assertSame(Weights column, String parameter) {
    assertThat(column.get(parameter).values())
        .as(parameter)
        .isEqualTo(auxiliary.weights().get(parameter).values());
  }

  @Test
  void theExportedModelPredictsAsTheTrainerDoes(@TempDir Path directory) throws Exception {
    TrainedUnit unit = trained(new SingleTask(), Start.From.AUXILIARY, 1);
    TaskNetwork network = unit.networks().get(0);
    Path model = directory.resolve("model");
    SavedModels.write(network, unit.weights().below("colour/"), model);
    try (Classifier classifier = Classifier.load(model, COLOUR)) {
      var test = Units.blobs("colour", COLOUR, 4).test().inOrder(0, 40);
      float[][] probabilities = classifier.predict(test);
      int right = 0;
      for (int i = 0; i < 40; i++) {
        int best = 0;
        for (int k = 1; k < 4; k++) {
          best = probabilities[i][k] > probabilities[i][best] ? k : best;
        }
        right += best == test.labels()[i] ? 1 : 0;
      }
      assertThat(right / 40.0).isEqualTo(unit.metrics().get("accuracy/colour"));
    }
  }

  @Test
  void damtlsEmptyChannelsInsideBlocksCanGo(@TempDir Path directory) throws Exception {
    Damtl damtl =
        new Damtl(
            new DamtlSettings(
                DamtlSettings.Mode.JOINT,
                List.of(0.9, 1.1),
                MaskBase.TRAINABLE,
                MaskStep.RMS,
                0.5,
                Sparsity.CHANNEL,
                Alignment.HIDDEN,
                Kernel.LINEAR,
                33,
                0.01,
                1));
    TrainedUnit unit = trained(damtl, Start.From.AUXILIARY, 5);
    Weights weights = unit.weights().below("colour/");
    Backbone whole = new Backbone(RESNET, 3, Optional.empty());
    PrunedNetwork pruned = PrunedNetwork.of(whole, weights);

    for (PrunedNetwork.Layer layer : pruned.layers()) {
      double empty = unit.metrics().get("sparsity/channels/colour/" + layer.name());
      boolean inside = layer.name().matches("conv._._1");
      assertThat((double) layer.kept() / layer.channels())
          .as(layer.name())
          .isCloseTo(inside ? 1 - empty : 1, within(1e-9));
    }
    Path original = directory.resolve("original");
    Path exported = directory.resolve("exported");
    SavedModels.write(unit.networks().get(0), weights, original);
    SavedModels.write(
        TaskNetwork.column(
            unit.networks().get(0).task(), new Parameters(Map.of()), pruned.backbone()),
        pruned.weights(),
        exported);
    double dense = 512 * 8 + 8 * 4;
    assertThat(unit.metrics().get("sparsity/multiply_adds/colour/total"))
        .isBetween(0.05, 0.95)
        .isCloseTo(
            1 - (multiplyAdds(exported) - dense) / (multiplyAdds(original) - dense), within(1e-9));
    try (Classifier before = Classifier.load(original, COLOUR);
        Classifier after = Classifier.load(exported, COLOUR)) {
      var test = Units.blobs("colour", COLOUR, 4).test().inOrder(0, 40);
      float[][] expected = before.predict(test);
      float[][] probabilities = after.predict(test);
      for (int i = 0; i < 40; i++) {
        assertThat(probabilities[i]).containsExactly(expected[i], within(1e-5f));
      }
    }
  }

  private static double multiplyAdds(Path model) {
    return MultiplyAdds.of(model, SavedModels.SIGNATURE);
  }

  static Stream<Named<GraphMethod>> differentiated() {
    return Stream.of(
        Named.of("single-task", new SingleTask()),
        Named.of("multi-task", new MultiTask()),
        Named.of("cross-stitch", new CrossStitch(new CrossStitchSettings(0.9, 1))),
        Named.of("nddr-cnn", new NddrCnn(new NddrCnnSettings(0.9, 1))),
        Named.of("mtal", mtal(0.4)),
        Named.of("damtl", damtl(0.5, 1.5)));
  }

  /**
   * Each variable moves along its gradient g by ∓.001/‖g‖, so that the loss should change by ∓.001,
   * of which float32 knows a thousandth.
   */
  @ParameterizedTest
  @MethodSource("differentiated")
  void gradientsAreDifferenceQuotients(GraphMethod method) {
    Task colour = new Task("colour", COLOUR, List.of("ant", "bee", "cat"));
    Task grey = new Task("grey", GREY, List.of("bee", "dog"));
    try (Bench bench = new Bench()) {
      Objective objective = method.build(construction(bench, colour, grey));
      for (Step step : objective.steps()) {
        List<Variable> variables =
            step.variables().stream()
                .filter(v -> v.name().matches("(colour|trunk)/(" + DIFFERENTIATED + ")"))
                .toList();
        List<Operand<TFloat32>> gradients =
            bench.gradients(step.loss(), variables.stream().map(Variable::value).toList());
        bench.initialise();
        for (Refresh refresh : objective.refreshes()) {
          bench.run(refresh.ops());
        }
        for (int v = 0; v < variables.size(); v++) {
          check(bench, step, variables.get(v), bench.value(gradients.get(v)));
        }
      }
    }
  }

  private static void check(Bench bench, Step step, Variable variable, float[] gradient) {
    double norm = norm(gradient);
    double h = 1e-3 / norm;
    double above = loss(bench, step, variable, gradient, h / norm);
    double below = loss(bench, step, variable, gradient, -h / norm);

    assertThat((above - below) / (2 * h) / norm)
        .as("difference quotient of %s along %s / gradient, %s", step.name(), variable, norm)
        .isCloseTo(1, within(0.03));
  }

  private static double norm(float[] gradient) {
    double sum = 0;
    for (float g : gradient) {
      sum += (double) g * g;
    }
    return Math.sqrt(sum);
  }

  private static double loss(
      Bench bench, Step step, Variable variable, float[] gradient, double factor) {
    float[] values = variable.initial().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (factor * gradient[i]);
    }
    return bench.value(step.loss(), Map.of(variable.value(), values))[0];
  }
}
