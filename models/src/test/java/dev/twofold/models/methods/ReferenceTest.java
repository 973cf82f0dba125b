package dev.twofold.models.methods;

import static dev.twofold.models.methods.Reference.TOLERANCE;
import static dev.twofold.models.methods.Reference.difference;
import static dev.twofold.models.methods.Reference.doubles;
import static dev.twofold.models.methods.Reference.error;
import static dev.twofold.models.methods.Reference.laidOver;
import static dev.twofold.models.methods.Reference.names;
import static dev.twofold.models.methods.Reference.read;
import static dev.twofold.models.methods.Reference.weight;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.BatchSource;
import dev.twofold.models.GraphMethod;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
 * The training loop against JAX: losses and trained variables after a step or two, as {@code
 * benchmarks/reference/one_step.py} computes them from the papers' equations in float64.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ReferenceTest {
  private final Reference reference = Reference.of("one_step");

  Stream<Case> cases() {
    return reference.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithJax(Case tested) {
    JsonNode json = tested.json();
    Weights start = start(json);
    List<double[]> losses = new ArrayList<>();
    Weights after = trained(json, start, losses);

    assertThat(changed(start, after)).containsExactlyInAnyOrderElementsOf(names(json.get("after")));
    Map<String, Double> errors = errors(json.get("after"), start, after);
    double largest = Collections.max(errors.values());
    assertThat(largest)
        .as("largest error %.1e of a change, relative to the largest change of %s", largest, errors)
        .isLessThan(TOLERANCE);

    JsonNode training = json.get("training");
    boolean isSum = training.get("reduction").asText().equals("sum");
    double images = isSum ? training.get("batch").asInt() : 1;
    for (int step = 0; step < training.get("steps").asInt(); step++) {
      double[] expected =
          Arrays.stream(doubles(json.get("losses").get(step))).map(loss -> loss / images).toArray();
      assertThat(error(losses.get(step), expected))
          .as("relative error of the losses at step %d, %s", step, Arrays.toString(expected))
          .isLessThan(TOLERANCE);
    }
  }

  @Test
  void isAsTheScriptComputesIt() throws IOException, InterruptedException {
    reference.checkWithTheScript();
  }

  /**
   * Every variable before the first step: as the case has it, or (statistics of the input) as the
   * training itself makes it. The loop tells its variables after a step, so it is let make one.
   */
  private Weights start(JsonNode json) {
    AtomicReference<Weights> made = new AtomicReference<>();
    try (Trainer trainer = trainer(json, (losses, weights) -> made.set(weights))) {
      trainer.train(Optional.empty());
    }
    JsonNode given = reference.json().get("starts").get(json.get("startsWith").asInt());
    assertThat(made.get().all()).containsKeys(names(given).toArray(String[]::new));
    Weights start = new Weights();
    made.get()
        .all()
        .forEach(
            (name, weight) ->
                start.put(
                    name,
                    given.has(name)
                        ? weight(given.get(name))
                        : isOfTheTraining(name) ? zeros(weight) : weight));
    return start;
  }

  private Weights trained(JsonNode json, Weights start, List<double[]> losses) {
    AtomicReference<Weights> after = new AtomicReference<>();
    try (Trainer trainer =
        trainer(
            json,
            (ofStep, weights) -> {
              losses.add(ofStep);
              after.set(weights);
            })) {
      trainer.train(Optional.of(new Checkpoint(0, 0, new double[tasks(json).size()], start)));
    }
    return after.get();
  }

  private Trainer trainer(JsonNode json, BiConsumer<double[], Weights> afterStep) {
    MethodType<?> type = Methods.named(json.get("method").asText());
    return new Trainer(
        new Trainer.Unit(
            (GraphMethod)
                type.method(laidOver(type.settings().apply(Preset.TUNED), json.get("settings"))),
            read(reference.json().get("backbone"), BackboneSettings.class),
            new ColumnStart(
                new Start(
                    Start.From.valueOf(json.get("start").asText().toUpperCase(Locale.ROOT)),
                    Start.ScratchSeed.PER_TASK,
                    Start.HeadStart.RANDOM,
                    null),
                Optional.of(reference.auxiliary()),
                Optional.empty(),
                1),
            laidOver(TrainingSettings.tuned(), json.get("training")),
            1,
            1),
        tasks(json),
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            afterStep.accept(losses, checkpoint.get().weights());
            return true;
          }
        });
  }

  private List<TaskData> tasks(JsonNode json) {
    List<TaskData> tasks = new ArrayList<>();
    for (JsonNode name : json.get("tasks")) {
      BatchSource images = reference.images(name.asText());
      Map<String, String> labelMap = new LinkedHashMap<>();
      reference
          .json()
          .at("/tasks/%s/labelMap".formatted(name.asText()))
          .properties()
          .forEach(entry -> labelMap.put(entry.getKey(), entry.getValue().asText()));
      tasks.add(new TaskData(images, images, Augmentation.NONE, labelMap));
    }
    return tasks;
  }

  /** Momenta and selections of partners, which the first step makes. */
  private static boolean isOfTheTraining(String variable) {
    return variable.startsWith("partners/") || variable.matches(".*/(momentum|m|v)");
  }

  private static List<String> changed(Weights start, Weights after) {
    return after.all().keySet().stream()
        .filter(name -> !isOfTheTraining(name))
        .filter(name -> !Arrays.equals(after.get(name).values(), start.get(name).values()))
        .toList();
  }

  /** Of each variable's change, relative to the largest change of the variable. */
  private static Map<String, Double> errors(JsonNode expected, Weights start, Weights after) {
    Map<String, Double> errors = new LinkedHashMap<>();
    for (String name : names(expected)) {
      double[] before = doubles(start.get(name).values());
      errors.put(
          name,
          error(
              difference(doubles(after.get(name).values()), before),
              difference(doubles(expected.get(name)), before)));
    }
    return errors;
  }

  private static Weight zeros(Weight weight) {
    return new Weight(weight.shape(), new float[weight.values().length]);
  }
}
