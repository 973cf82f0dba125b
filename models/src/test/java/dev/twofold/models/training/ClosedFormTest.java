package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.ClosedForm;
import dev.twofold.models.Fitting;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.methods.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every method with a closed form. */
class ClosedFormTest {
  private static Auxiliary auxiliary;

  @TempDir Path directory;

  @BeforeAll
  static void pretrain() {
    auxiliary = Units.pretrained(Units.blobs("auxiliary", Units.COLOUR, 9), 20);
  }

  static Stream<MethodType<?>> methods() {
    return Methods.ALL.stream().filter(MethodType::isClosedForm);
  }

  private static List<TaskData> tasks() {
    return List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 5));
  }

  private static <S extends Record> TrainedUnit fitted(MethodType<S> type, FitObserver observer) {
    ClosedForm method = (ClosedForm) type.method(type.settings().apply(Preset.TUNED));
    return method.fit(new Fitting(tasks(), Optional.of(auxiliary), Units.BACKBONE, 1), observer);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void learnsAndRepeatsToTheBit(MethodType<?> type) {
    List<Map<String, Double>> told = new ArrayList<>();
    TrainedUnit one = fitted(type, (pass, passes, metrics) -> told.add(metrics));
    TrainedUnit two = fitted(type, (pass, passes, metrics) -> true);

    assertThat(Units.sameBits(one.weights(), two.weights())).isTrue();
    assertThat(one.metrics()).isEqualTo(two.metrics()).isEqualTo(told.get(told.size() - 1));
    assertThat(one.finished()).isTrue();
    assertThat(one.steps()).isEqualTo(told.size());
    assertThat(one.metrics().get("loss/colour")).as("ln 4 is chance").isLessThan(1.1);
    assertThat(one.metrics().get("accuracy/colour")).isGreaterThan(0.5);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void endsAtThePassAtWhichTheObserverStopsIt(MethodType<?> type) {
    TrainedUnit stopped = fitted(type, (pass, passes, metrics) -> false);

    assertThat(stopped.finished()).isFalse();
    assertThat(stopped.steps()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theExportedModelHasTheFitsAccuracy(MethodType<?> type) throws IOException {
    TrainedUnit fitted = fitted(type, (pass, passes, metrics) -> true);
    for (TaskData data : tasks()) {
      assertThat(exportedAccuracy(fitted, data))
          .isEqualTo(fitted.metrics().get("accuracy/" + data.name()));
    }
  }

  private double exportedAccuracy(TrainedUnit fitted, TaskData data) throws IOException {
    TaskNetwork network =
        fitted.networks().stream()
            .filter(n -> n.task().name().equals(data.name()))
            .findFirst()
            .orElseThrow();
    Path model = directory.resolve(data.name());
    SavedModels.write(network, fitted.weights().below(data.name() + "/"), model);
    return Units.accuracy(model, data.test());
  }
}
