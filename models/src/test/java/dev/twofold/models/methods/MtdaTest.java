package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Blobs;
import dev.twofold.models.Fitting;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.methods.MtdaSettings.Classifier;
import dev.twofold.models.methods.MtdaSettings.Features;
import dev.twofold.models.methods.MtdaSettings.Sharing;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Units;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MtdaTest {

  @TempDir Path directory;

  private static final TaskData COLOUR = Units.blobs("colour", Units.COLOUR, 4);
  private static final TaskData GREY = Units.blobs("grey", Units.GREY, 5);

  private static MtdaSettings settings(Sharing sharing, Classifier classifier, int iterations) {
    return new MtdaSettings(sharing, Features.PIXELS, 20, null, 0.1, iterations, 0, classifier);
  }

  private static TrainedUnit fitted(MtdaSettings settings, TaskData... tasks) {
    return new Mtda(settings)
        .fit(
            new Fitting(List.of(tasks), Optional.empty(), Units.BACKBONE, 1),
            (pass, passes, metrics) -> true);
  }

  @Test
  void everyPassTellsTheObjectiveWhichNeverFalls() {
    List<Double> objectives = new ArrayList<>();
    new Mtda(settings(Sharing.JOINT, Classifier.NEAREST_MEAN, 15))
        .fit(
            new Fitting(List.of(COLOUR, GREY), Optional.empty(), Units.BACKBONE, 1),
            (pass, passes, metrics) -> {
              assertThat(pass).isEqualTo(objectives.size() + 1);
              assertThat(passes).isEqualTo(15);
              assertThat(metrics)
                  .containsOnlyKeys(
                      "objective", "loss/colour", "accuracy/colour", "loss/grey", "accuracy/grey");
              return objectives.add(metrics.get("objective"));
            });

    assertThat(objectives).isSorted().hasSizeBetween(2, 15);
  }

  @Test
  void whatTheSettingsLeaveOutComesFromTheTasks() {
    TrainedUnit fitted = fitted(settings(Sharing.JOINT, Classifier.NEAREST_MEAN, 2), COLOUR, GREY);

    assertThat(fitted.weights().get("colour/projection/kernel").shape())
        .as("[16·16·3, the 5 classes of grey - 1]")
        .containsExactly(768, 4);
    assertThat(fitted.weights().get("grey/projection/kernel").shape()).containsExactly(144, 4);
    assertThat(fitted.weights().get("colour/prototypes/3").shape()).containsExactly(1, 4);
  }

  @ParameterizedTest
  @EnumSource(Classifier.class)
  void theExportedModelPredictsAsTheFitDoes(Classifier classifier) throws IOException {
    TrainedUnit fitted = fitted(settings(Sharing.JOINT, classifier, 3), COLOUR, GREY);
    for (TaskNetwork network : fitted.networks()) {
      String task = network.task().name();
      Path model = directory.resolve(task);
      SavedModels.write(network, fitted.weights().below(task + "/"), model);
      assertThat(Units.accuracy(model, task.equals("grey") ? GREY.test() : COLOUR.test()))
          .isEqualTo(fitted.metrics().get("accuracy/" + task))
          .isGreaterThan(0.5);
    }
  }

  /** The optimum of the joint objective is T separate LDAs, so the passes can only come near it. */
  @Test
  void separateLdasHaveAtLeastTheJointObjective() {
    MtdaSettings separate = settings(Sharing.SEPARATE, Classifier.NEAREST_MEAN, 5);
    double one = fitted(separate, COLOUR).metrics().get("objective");
    double joint =
        fitted(settings(Sharing.JOINT, Classifier.NEAREST_MEAN, 200), COLOUR)
            .metrics()
            .get("objective");

    assertThat(joint).isBetween(0.99 * one, (1 + 1e-9) * one);
  }

  @Test
  void separateTasksAreUnitsOfTheirOwn() {
    MethodType<?> mtda = Methods.named("mtda");

    assertThat(isJoint(mtda, settings(Sharing.SEPARATE, Classifier.NEAREST_MEAN, 1))).isFalse();
    assertThat(isJoint(mtda, settings(Sharing.JOINT, Classifier.NEAREST_MEAN, 1))).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> fitted(settings(Sharing.SEPARATE, Classifier.NEAREST_MEAN, 1), COLOUR, GREY))
        .withMessage("Invalid tasks of mtda: 2 (must be 1 with sharing: separate)");
  }

  private static <S extends Record> boolean isJoint(MethodType<S> type, MtdaSettings settings) {
    return type.joint().test(type.settingsType().cast(settings));
  }

  @Test
  void aClassWithoutTrainingImagesIsNamed() {
    ImageShape shape = new ImageShape(6, 6, 1);
    TaskData task =
        new TaskData(
            new Blobs("few", shape, 5, 4, 1),
            new Blobs("few", shape, 5, 5, 2),
            Augmentation.NONE,
            Map.of());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> fitted(settings(Sharing.JOINT, Classifier.NEAREST_MEAN, 1), task))
        .withMessage(
            "Cannot fit task few: class class4 has no training image (must have at least one)");
  }

  @Test
  void imagesThatAreAllAlikeAreRefused() {
    TaskData task =
        new TaskData(new Black("night", 4), new Black("night", 2), Augmentation.NONE, Map.of());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> fitted(settings(Sharing.JOINT, Classifier.NEAREST_MEAN, 1), task))
        .withMessage("Cannot fit task night: its training images are all alike (must differ)");
  }

  /** Black images of two classes in turn. */
  private record Black(String name, int size) implements BatchSource {

    @Override
    public Task task() {
      return new Task(name, new ImageShape(3, 3, 1), List.of("owl", "bat"));
    }

    @Override
    public Batch images(int... positions) {
      return new Batch(
          new byte[positions.length * task().shape().size()],
          IntStream.of(positions).map(i -> i % 2).toArray());
    }

    @Override
    public int[] order(long seed, long pass) {
      return IntStream.range(0, size).toArray();
    }

    @Override
    public void close() {}
  }

  @Test
  void refusesSettingsWithoutMeaning() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MtdaSettings(
                    Sharing.JOINT, Features.PIXELS, 5, 6, 0.1, 1, 0, Classifier.NEAREST_MEAN))
        .withMessage("Invalid d of mtda: 6 (must be in 1..5, which is r)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MtdaSettings(
                    Sharing.JOINT, Features.PIXELS, 5, null, 0, 1, 0, Classifier.NEAREST_MEAN))
        .withMessage("Invalid epsilon of mtda: 0.0 (must be positive)");
  }
}
