package dev.twofold.models.methods;

import static dev.twofold.models.Reference.TOLERANCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ejml.dense.row.CommonOps_DDRM.multTransB;
import static org.ejml.dense.row.CommonOps_DDRM.subtract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Fitting;
import dev.twofold.models.Reference;
import dev.twofold.models.Reference.Case;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.FeatureGraph.Sample;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * MTDA against JAX: where its passes end, which is an optimum in closed form, and the first of
 * them, as {@code benchmarks/reference/discriminants.py} computes both.
 */
@TestInstance(Lifecycle.PER_CLASS)
class MtdaReferenceTest {
  /** The passes come to a halt of themselves. */
  private static final int PASSES = 5000;

  private final Reference reference = Reference.of("discriminants");

  Stream<Case> cases() {
    return reference.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithJax(Case tested, @TempDir Path folder) throws IOException {
    JsonNode json = tested.json();
    TrainedUnit fitted = fitted(json);

    assertClose("λ", fitted.metrics().get("objective"), json.get("objective"));
    double[] losses =
        fitted.networks().stream()
            .mapToDouble(network -> fitted.metrics().get("loss/" + network.task().name()))
            .toArray();
    assertClose("losses", losses, json.get("losses"));
    for (int t = 0; t < fitted.networks().size(); t++) {
      TaskNetwork network = fitted.networks().get(t);
      String task = network.task().name();
      Path model = folder.resolve(task);
      SavedModels.write(network, fitted.weights().below(task + "/"), model);
      assertClose(
          "logarithms of %s's probabilities".formatted(task),
          logProbabilities(model, reference.images(task)),
          json.get("logProbabilities").get(t).get("values"));
    }
  }

  Stream<Case> casesOfPasses() {
    return cases().filter(tested -> tested.json().has("objectiveBefore"));
  }

  /** P and each M_t, of which what is fitted has the product alone. */
  @ParameterizedTest
  @MethodSource("casesOfPasses")
  void passesAsJaxDoes(Case tested) {
    JsonNode json = tested.json();
    MtdaSettings settings = settings(json);
    List<TaskScatter> tasks = tasks(json).stream().map(task -> scatter(task, settings)).toList();
    List<DMatrixRMaj> start = tasks.stream().map(task -> task.whitening(settings.r())).toList();
    TraceRatio ratio = new TraceRatio(tasks, start, settings.d());
    assertClose("λ before", ratio.value(), json.get("objectiveBefore"));

    for (int pass = 0; pass < settings.iterations(); pass++) {
      ratio.pass();
    }

    assertClose("λ", ratio.value(), json.get("objective"));
    DMatrixRMaj p = ratio.p();
    assertClose("PPᵀ", multTransB(p, p, null).getData(), json.at("/ppt/values"));
    for (int t = 0; t < tasks.size(); t++) {
      DMatrixRMaj change = subtract(ratio.m(t), start.get(t), null);
      assertClose(
          "the change of M_%d".formatted(t + 1),
          tasks.get(t).lift(change).getData(),
          json.get("changes").get(t).get("values"));
    }
  }

  private static void assertClose(String what, double found, JsonNode expected) {
    assertThat(found / expected.asDouble())
        .as("%s / expected", what)
        .isCloseTo(1, within(TOLERANCE));
  }

  private static void assertClose(String what, double[] found, JsonNode expected) {
    assertThat(Reference.error(found, Reference.doubles(expected)))
        .as("relative error of %s", what)
        .isLessThan(TOLERANCE);
  }

  private TrainedUnit fitted(JsonNode json) {
    return new Mtda(settings(json))
        .fit(
            new Fitting(tasks(json), Optional.of(reference.auxiliary()), backbone(), 1),
            (pass, passes, metrics) -> true);
  }

  private static MtdaSettings settings(JsonNode json) {
    MtdaSettings preset =
        new MtdaSettings(
            MtdaSettings.Sharing.JOINT,
            MtdaSettings.Features.PIXELS,
            100,
            null,
            0.1,
            PASSES,
            0,
            MtdaSettings.Classifier.NEAREST_MEAN);
    return Reference.laidOver(preset, json.get("settings"));
  }

  private BackboneSettings backbone() {
    return Reference.read(reference.json().get("backbone"), BackboneSettings.class);
  }

  private List<TaskData> tasks(JsonNode json) {
    List<TaskData> tasks = new ArrayList<>();
    int training = reference.json().get("training").asInt();
    for (JsonNode name : json.get("tasks")) {
      BatchSource all = reference.images(name.asText());
      tasks.add(
          new TaskData(
              reference.images(name.asText(), 0, training),
              reference.images(name.asText(), training, all.size()),
              Augmentation.NONE,
              Map.of()));
    }
    return tasks;
  }

  private TaskScatter scatter(TaskData task, MtdaSettings settings) {
    BatchSource images = task.training();
    FeatureGraph features =
        settings.usesAuxiliary()
            ? FeatureGraph.auxiliary(images, reference.auxiliary(), backbone())
            : FeatureGraph.pixels(images);
    Sample sample = features.read(images, 1);
    return TaskScatter.of(
        sample.x(), sample.labels(), images.task().classes().size(), settings.epsilon());
  }

  private static double[] logProbabilities(Path model, BatchSource images) throws IOException {
    try (Classifier classifier = Classifier.load(model, images.task().shape())) {
      return Arrays.stream(classifier.predict(images.inOrder(0, images.size())))
          .flatMapToDouble(each -> Arrays.stream(Reference.doubles(each)))
          .map(Math::log)
          .toArray();
    }
  }
}
