package dev.twofold.models.methods;

import static dev.twofold.models.Reference.TOLERANCE;
import static dev.twofold.models.Reference.difference;
import static dev.twofold.models.Reference.doubles;
import static dev.twofold.models.Reference.error;
import static dev.twofold.models.Reference.isOfTheTraining;
import static dev.twofold.models.Reference.laidOver;
import static dev.twofold.models.Reference.largest;
import static dev.twofold.models.Reference.method;
import static dev.twofold.models.Reference.names;
import static dev.twofold.models.Reference.read;
import static dev.twofold.models.Reference.weight;
import static dev.twofold.models.Reference.zeros;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.BatchSource;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Objective;
import dev.twofold.models.Reference;
import dev.twofold.models.Reference.Case;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The training loop against JAX: losses and trained variables after a step or two, as {@code
 * benchmarks/reference/one_step.py} computes them from the papers' equations in float64.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ReferenceTest {
  /** Of a change; the script has none below 1e-4. */
  private static final double ROUNDING = 1e-6;

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
    Weights after = trained(json, method(json), start, losses);

    assertThat(changed(start, after)).containsExactlyInAnyOrderElementsOf(names(json.get("after")));
    Map<String, Double> errors = errors(json.get("after"), start, after);
    double largest = Collections.max(errors.values());
    assertThat(largest)
        .as("largest error %.1e of a change, relative to the largest change of %s", largest, errors)
        .isLessThan(TOLERANCE);

    for (int step = 0; step < json.at("/training/steps").asInt(); step++) {
      double[] expected = ofAnImage(json, doubles(json.get("losses").get(step)));
      assertThat(error(losses.get(step), expected))
          .as("relative error of the losses at step %d, %s", step, Arrays.toString(expected))
          .isLessThan(TOLERANCE);
    }
  }

  Stream<Case> casesThatLowerMore() {
    return cases().filter(tested -> tested.json().has("lowered"));
  }

  /**
   * Eqs. (4) and (5) of DAMTL, Σ α·(cross-entropy + λ2·ΣD), where {@code losses} have the
   * cross-entropy alone. λ1·Σ‖Ψ‖₁ is in neither, being a proximal step, nor is the norm
   * regulariser, which the loop adds; both show in the variables.
   */
  @ParameterizedTest
  @MethodSource("casesThatLowerMore")
  void lowersTheLossThatJaxLowers(Case tested) {
    JsonNode json = tested.json();
    List<double[]> lowered = new ArrayList<>();
    trained(json, tellingWhatItLowers(method(json)), start(json), lowered);

    for (int step = 0; step < json.at("/training/steps").asInt(); step++) {
      double[] expected = ofAnImage(json, doubles(json.get("lowered").get(step)));
      assertThat(error(Arrays.copyOf(lowered.get(step), 1), expected))
          .as("relative error of what step %d lowers, %s", step, Arrays.toString(expected))
          .isLessThan(TOLERANCE);
    }
  }

  /** The method with the loss of its step in place of the first task's, for the loop to tell. */
  private static GraphMethod tellingWhatItLowers(GraphMethod method) {
    return construction -> {
      Objective built = method.build(construction);
      assertThat(built.steps()).hasSize(1);
      List<Operand<TFloat32>> told = new ArrayList<>(built.losses());
      told.set(0, built.steps().get(0).loss());
      return new Objective(
          built.networks(),
          told,
          built.columns(),
          built.steps(),
          built.refreshes(),
          built.reporters());
    };
  }

  /** Losses as the loop tells them: sums over a batch become its mean. */
  private static double[] ofAnImage(JsonNode json, double[] losses) {
    boolean isSum = json.at("/training/reduction").asText().equals("sum");
    double images = isSum ? json.at("/training/batch").asInt() : 1;
    return Arrays.stream(losses).map(loss -> loss / images).toArray();
  }

  /**
   * Every variable before the first step: as the case has it, or (statistics of the input) as the
   * training itself makes it. The loop tells its variables after a step, so it is let make one.
   */
  private Weights start(JsonNode json) {
    AtomicReference<Weights> made = new AtomicReference<>();
    try (Trainer trainer = trainer(json, method(json), (losses, weights) -> made.set(weights))) {
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

  /** The reference's network, unless the case has its own. */
  private BackboneSettings backbone(JsonNode json) {
    JsonNode named = json.has("backbone") ? json.get("backbone") : reference.json().get("backbone");
    return read(named, BackboneSettings.class);
  }

  private Weights trained(JsonNode json, GraphMethod method, Weights start, List<double[]> losses) {
    AtomicReference<Weights> after = new AtomicReference<>();
    try (Trainer trainer =
        trainer(
            json,
            method,
            (ofStep, weights) -> {
              losses.add(ofStep);
              after.set(weights);
            })) {
      trainer.train(Optional.of(new Checkpoint(0, 0, new double[tasks(json).size()], start)));
    }
    return after.get();
  }

  private Trainer trainer(
      JsonNode json, GraphMethod method, BiConsumer<double[], Weights> afterStep) {
    return new Trainer(
        new Trainer.Unit(
            method,
            backbone(json),
            new ColumnStart(
                Reference.from(json), Optional.of(reference.auxiliary()), Optional.empty(), 1),
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

  /** By more than rounding, which is all the gradient of a bias that batch norm takes away. */
  private static List<String> changed(Weights start, Weights after) {
    return after.all().keySet().stream()
        .filter(name -> !isOfTheTraining(name))
        .filter(
            name ->
                largest(
                        difference(
                            doubles(after.get(name).values()), doubles(start.get(name).values())))
                    > ROUNDING)
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
}
