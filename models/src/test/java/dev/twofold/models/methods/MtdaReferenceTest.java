package dev.twofold.models.methods;

import static dev.twofold.models.Reference.TOLERANCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Fitting;
import dev.twofold.models.Reference;
import dev.twofold.models.Reference.Case;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.BackboneSettings;
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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where MTDA's passes end, against the optimum in closed form that {@code
 * benchmarks/reference/discriminants.py} computes with JAX.
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

    double objective = json.get("objective").asDouble();
    assertThat(fitted.metrics().get("objective"))
        .isCloseTo(objective, within(TOLERANCE * objective));
    for (TaskNetwork network : fitted.networks()) {
      String task = network.task().name();
      Path model = folder.resolve(task);
      SavedModels.write(network, fitted.weights().below(task + "/"), model);
      double[] expected = Reference.doubles(json.at("/logProbabilities/" + task + "/values"));
      assertThat(Reference.error(logProbabilities(model, reference.images(task)), expected))
          .as("relative error of the logarithms of %s's probabilities", task)
          .isLessThan(TOLERANCE);
    }
  }

  private TrainedUnit fitted(JsonNode json) {
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
    return new Mtda(Reference.laidOver(preset, json.get("settings")))
        .fit(
            new Fitting(
                tasks,
                Optional.of(reference.auxiliary()),
                Reference.read(reference.json().get("backbone"), BackboneSettings.class),
                1),
            (pass, passes, metrics) -> true);
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
