package dev.twofold.models.methods;

import static dev.twofold.models.methods.Reference.TOLERANCE;
import static dev.twofold.models.methods.Reference.difference;
import static dev.twofold.models.methods.Reference.doubles;
import static dev.twofold.models.methods.Reference.laidOver;
import static dev.twofold.models.methods.Reference.largest;
import static dev.twofold.models.methods.Reference.names;
import static dev.twofold.models.methods.Reference.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.BatchSource;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.Reference.Case;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step of a ResNet against JAX: the loss and what changes, as {@code
 * benchmarks/reference/resnet_step.py} computes them in float64.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ResNetReferenceTest {
  private final Reference reference = Reference.of("resnet_step");

  Stream<Case> cases() {
    return reference.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithJax(Case tested) {
    JsonNode json = tested.json();
    String column = json.get("task").asText() + "/";
    Weights start = start(json);
    AtomicReference<Double> loss = new AtomicReference<>();
    Weights after =
        stepped(
            json,
            Optional.of(new Checkpoint(0, 0, new double[1], start)),
            (losses, weights) -> loss.set(losses[0]));

    double expected = json.get("loss").asDouble();
    assertThat(loss.get()).as("loss").isCloseTo(expected, within(TOLERANCE * expected));
    JsonNode changes = json.get("changes");
    Map<String, double[]> found = new LinkedHashMap<>();
    start
        .all()
        .forEach(
            (name, weight) ->
                found.put(
                    name, difference(doubles(after.get(name).values()), doubles(weight.values()))));
    found.values().removeIf(change -> largest(change) == 0);
    assertThat(found.keySet())
        .containsExactlyInAnyOrderElementsOf(
            names(changes).stream().map(name -> column + name).toList());
    for (String name : names(changes)) {
      checkChange(name, changes.get(name), found.get(column + name));
    }
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

  @Test
  void isAsTheScriptComputesIt() throws IOException, InterruptedException {
    reference.checkWithTheScript();
  }

  /** The script's values; statistics of the input as the training makes them. */
  private Weights start(JsonNode json) {
    String column = json.get("task").asText() + "/";
    Weights start = new Weights();
    stepped(json, Optional.empty(), (losses, weights) -> {})
        .all()
        .forEach(
            (name, weight) ->
                start.put(
                    name,
                    name.startsWith(column + "input/")
                        ? weight
                        : weight(name.substring(column.length()), weight.shape())));
    return start;
  }

  /** As {@code start} of the script: 24 bits of a hash of the name and the place. */
  private static Weight weight(String name, long[] shape) {
    int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    boolean kernel = name.endsWith("/kernel");
    double scale = kernel ? Math.sqrt(24.0 * shape[shape.length - 1] / size) : 0.4;
    double centre = name.endsWith("/gamma") || name.endsWith("/variance") ? 1 : 0;
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      int bits = mixed(mixed(name.hashCode()) + i) >>> 8;
      values[i] = (float) (centre + scale * (bits / 16777216.0 - 0.5));
    }
    return new Weight(shape, values);
  }

  private static int mixed(int hash) {
    int x = (hash ^ hash >>> 16) * 0x85ebca6b;
    x = (x ^ x >>> 13) * 0xc2b2ae35;
    return x ^ x >>> 16;
  }

  /** Variables behind the one step. */
  private Weights stepped(
      JsonNode json, Optional<Checkpoint> from, BiConsumer<double[], Weights> afterStep) {
    AtomicReference<Weights> after = new AtomicReference<>();
    TrainingObserver observer =
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            after.set(checkpoint.get().weights());
            afterStep.accept(losses, after.get());
            return true;
          }
        };
    Trainer.Unit unit =
        new Trainer.Unit(
            new SingleTask(),
            read(json.get("backbone"), BackboneSettings.class),
            new ColumnStart(
                new Start(
                    Start.From.SCRATCH, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null),
                Optional.empty(),
                Optional.empty(),
                1),
            laidOver(TrainingSettings.tuned(), json.get("training")),
            1,
            1);
    BatchSource images = reference.images(json.get("task").asText());
    TaskData task = new TaskData(images, images, Augmentation.NONE, Map.of());
    try (Trainer trainer = new Trainer(unit, List.of(task), observer)) {
      trainer.train(from);
    }
    return after.get();
  }
}
