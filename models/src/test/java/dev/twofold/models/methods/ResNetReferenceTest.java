package dev.twofold.models.methods;

import static dev.twofold.models.Reference.TOLERANCE;
import static dev.twofold.models.Reference.difference;
import static dev.twofold.models.Reference.doubles;
import static dev.twofold.models.Reference.error;
import static dev.twofold.models.Reference.isOfTheTraining;
import static dev.twofold.models.Reference.laidOver;
import static dev.twofold.models.Reference.largest;
import static dev.twofold.models.Reference.names;
import static dev.twofold.models.Reference.read;
import static dev.twofold.models.Reference.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Reference;
import dev.twofold.models.Reference.Case;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step of a ResNet against JAX: the losses and what changes, as {@code
 * benchmarks/reference/resnet_step.py} computes them in float64. A case is of a column alone, or,
 * with {@code tasks}, of all columns of a method.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ResNetReferenceTest {
  private static final Start SCRATCH =
      new Start(Start.From.SCRATCH, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null);

  private final Reference reference = Reference.of("resnet_step");

  Stream<Case> cases() {
    return reference.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithJax(Case tested) {
    JsonNode json = tested.json();
    Weights start = start(json);
    AtomicReference<double[]> loss = new AtomicReference<>();
    Weights after =
        stepped(
            json,
            Optional.of(new Checkpoint(0, 0, new double[tasks(json).size()], start)),
            loss::set);

    double[] expected =
        json.has("losses")
            ? read(json.get("losses"), double[].class)
            : new double[] {json.get("loss").asDouble()};
    assertThat(error(loss.get(), expected))
        .as("relative error of the losses")
        .isLessThan(TOLERANCE);
    JsonNode changes = json.get("changes");
    Map<String, double[]> found = new LinkedHashMap<>();
    start
        .all()
        .forEach(
            (name, weight) ->
                found.put(
                    name, difference(doubles(after.get(name).values()), doubles(weight.values()))));
    found.keySet().removeIf(Reference::isOfTheTraining);
    found.values().removeIf(change -> largest(change) == 0);
    assertThat(found.keySet())
        .containsExactlyInAnyOrderElementsOf(
            names(changes).stream().map(name -> variable(json, name)).toList());
    for (String name : names(changes)) {
      checkChange(name, changes.get(name), found.get(variable(json, name)));
    }
  }

  private static List<String> tasks(JsonNode json) {
    return json.has("tasks")
        ? List.of(read(json.get("tasks"), String[].class))
        : List.of(json.get("task").asText());
  }

  /** Of a column alone a case has the names without the task's. */
  private static String variable(JsonNode json, String name) {
    return json.has("tasks") ? name : json.get("task").asText() + "/" + name;
  }

  private static void checkChange(String name, JsonNode expected, double[] found) {
    double largest = expected.get("largest").asDouble();
    int[] places = read(expected.get("places"), int[].class);

    assertThat(Arrays.stream(places).mapToDouble(i -> found[i]).toArray())
        .as("some changes of %s, of at most %s", name, largest)
        .containsExactly(doubles(expected.get("values")), within(TOLERANCE * largest));
    assertThat(largest(found) / largest)
        .as("largest change of %s / expected", name)
        .isCloseTo(1, within(TOLERANCE));
    assertThat(length(found) / expected.get("length").asDouble())
        .as("length of the change of %s / expected", name)
        .isCloseTo(1, within(TOLERANCE));
  }

  private static double length(double[] change) {
    return Math.sqrt(Arrays.stream(change).map(c -> c * c).sum());
  }

  /** The script's values; statistics of the input as the training makes them. */
  private Weights start(JsonNode json) {
    Weights start = new Weights();
    stepped(json, Optional.empty(), losses -> {})
        .all()
        .forEach((name, weight) -> start.put(name, start(json, name, weight)));
    return start;
  }

  private static Weight start(JsonNode json, String name, Weight made) {
    if (isOfTheTraining(name)) {
      return zeros(made);
    }
    if (name.contains("/input/")) {
      return made;
    }
    String parameter = name.substring(name.indexOf('/') + 1);
    return json.has("tasks")
        ? weight(parameter, made.shape(), i -> ofAColumn(name, parameter, i))
        : weight(parameter, made.shape(), i -> uniform(parameter, i));
  }

  /** As {@code start_of} of the script: a part is the same in all columns. */
  private static double ofAColumn(String name, String parameter, int i) {
    return 0.8 * uniform(name, i) + 0.6 * uniform(parameter, i);
  }

  /** As {@code around} of the script. */
  private static Weight weight(String parameter, long[] shape, IntToDoubleFunction unit) {
    int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    double scale =
        switch (kind(parameter)) {
          case "kernel" -> Math.sqrt(24.0 * shape[shape.length - 1] / size);
          case "mask" -> 0.7;
          default -> 0.4;
        };
    double centre =
        switch (kind(parameter)) {
          case "gamma", "variance", "deviation" -> 1;
          case "mask" -> 0.5;
          default -> 0;
        };
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (centre + scale * unit.applyAsDouble(i));
    }
    return new Weight(shape, values);
  }

  private static String kind(String parameter) {
    return parameter.substring(parameter.indexOf('/') + 1);
  }

  /** As of the script: 24 bits of a hash of the name and the place. */
  private static double uniform(String name, int i) {
    return (mixed(mixed(name.hashCode()) + i) >>> 8) / 16777216.0 - 0.5;
  }

  private static int mixed(int hash) {
    int x = (hash ^ hash >>> 16) * 0x85ebca6b;
    x = (x ^ x >>> 13) * 0xc2b2ae35;
    return x ^ x >>> 16;
  }

  /** By the backbone's names, as a column's. */
  private Auxiliary auxiliary(BackboneSettings backbone) {
    Task task = Reference.task("auxiliary", reference.json().get("auxiliary"));
    Weights weights = new Weights();
    new Backbone(backbone, task.shape().channels(), Optional.empty())
        .shapes(task.shape(), task.classes().size())
        .forEach(
            (name, shape) ->
                weights.put(
                    name, weight(name, shape, i -> ofAColumn("auxiliary/" + name, name, i))));
    return new Auxiliary(task, weights);
  }

  /** Variables behind the step. */
  private Weights stepped(
      JsonNode json, Optional<Checkpoint> from, Consumer<double[]> lossesOfStep) {
    AtomicReference<Weights> after = new AtomicReference<>();
    TrainingObserver observer =
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            after.set(checkpoint.get().weights());
            lossesOfStep.accept(losses);
            return true;
          }
        };
    BackboneSettings backbone = read(json.get("backbone"), BackboneSettings.class);
    Trainer.Unit unit =
        new Trainer.Unit(
            json.has("method") ? Reference.method(json) : new SingleTask(),
            backbone,
            new ColumnStart(
                json.has("start") ? Reference.from(json) : SCRATCH,
                json.has("start") ? Optional.of(auxiliary(backbone)) : Optional.empty(),
                Optional.empty(),
                1),
            laidOver(TrainingSettings.tuned(), json.get("training")),
            1,
            1);
    List<TaskData> tasks = new ArrayList<>();
    for (String task : tasks(json)) {
      BatchSource images = reference.images(task);
      tasks.add(new TaskData(images, images, Augmentation.NONE, Map.of()));
    }
    try (Trainer trainer = new Trainer(unit, tasks, observer)) {
      trainer.train(from);
    }
    return after.get();
  }
}
