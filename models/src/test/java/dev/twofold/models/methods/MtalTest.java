package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.MtalSettings.Pick;
import dev.twofold.models.methods.MtalSettings.Similarity;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import dev.twofold.models.training.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits of MTAL, as remarks of the paper, on real trainings. */
class MtalTest {
  private static Auxiliary auxiliary;

  @BeforeAll
  static void pretrain() {
    auxiliary = Units.pretrained(Units.blobs("auxiliary", Units.COLOUR, 9), 20);
  }

  /** Two tasks of one shape, different in images and number of classes. */
  private static List<TaskData> alike() {
    return List.of(Units.blobs("one", Units.COLOUR, 4), Units.blobs("two", Units.COLOUR, 5));
  }

  /** Clipping is by one norm a step; single-task has a step a task, MTAL one for all. */
  private static TrainedUnit trained(
      GraphMethod method, Start.From from, int steps, List<TaskData> tasks) {
    return trained(method, from, Units.unclipped(steps), tasks, new TrainingObserver() {});
  }

  private static TrainedUnit trained(
      GraphMethod method,
      Start.From from,
      TrainingSettings training,
      List<TaskData> tasks,
      TrainingObserver observer) {
    try (Trainer trainer =
        new Trainer(
            new Trainer.Unit(
                method,
                Units.BACKBONE,
                new ColumnStart(Units.start(from), Optional.of(auxiliary), Optional.empty(), 7),
                training,
                7,
                1),
            tasks,
            observer)) {
      return trainer.train(Optional.empty());
    }
  }

  private static Mtal mtal(double rho, double alpha, Pick pick, int refresh) {
    return new Mtal(
        new MtalSettings(rho, alpha, 1 - alpha, pick, Similarity.KERNEL, false, refresh, null));
  }

  /** What stays with the unit is what its last metrics sum up, and is found again on K̃. */
  @Test
  void keepsThePartnersThatItEndedWith() {
    Mtal mtal = mtal(0.2, 0.75, Pick.MUTUAL, 1);
    TrainedUnit unit = trained(mtal, Start.From.SCRATCH, 4, alike());
    List<String> layers = List.of("conv1_1", "conv2_1");

    assertThat(unit.details().all())
        .containsOnlyKeys("one/conv1_1", "one/conv2_1", "two/conv1_1", "two/conv2_1");
    for (String layer : layers) {
      List<Partner> partners =
          Stream.of("one", "two")
              .flatMap(task -> Partner.of(unit.details().get(task + "/" + layer)).stream())
              .toList();
      long shared = partners.stream().filter(partner -> partner != Partner.NONE).count();
      long twin = partners.stream().filter(partner -> partner == Partner.TWIN).count();
      assertThat(unit.metrics())
          .containsEntry("sharing/" + layer, (double) shared / partners.size())
          .containsEntry("sharing/twin/" + layer, (double) twin / partners.size());
    }
    assertThat(unit.metrics().get("sharing/conv1_1")).as("some share").isBetween(.1, .9);
  }

  @Test
  void otherMethodsKeepNothing() {
    assertThat(trained(new SingleTask(), Start.From.SCRATCH, 1, alike()).details().all()).isEmpty();
  }

  private static Weights column(TrainedUnit unit, String task) {
    return unit.weights().below(task + "/");
  }

  @ParameterizedTest
  @EnumSource(Pick.class)
  void withRhoOneMtalIsSingleTask(Pick pick) {
    List<TaskData> tasks =
        List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 5));
    TrainedUnit single = trained(new SingleTask(), Start.From.SCRATCH, 8, tasks);
    TrainedUnit mtal = trained(mtal(1, 0.5, pick, 1), Start.From.SCRATCH, 8, tasks);

    assertThat(mtal.metrics()).containsEntry("sharing/total", 0.0);
    assertThat(Units.sameBits(mtal.weights(), single.weights())).as("after 8 steps").isTrue();
    assertThat(mtal.metrics().get("loss/grey")).isEqualTo(single.metrics().get("loss/grey"));
  }

  /** In float32 the cosine of a third of identical kernels is above 1: it is clamped. */
  @ParameterizedTest
  @EnumSource(Pick.class)
  void withRhoOneNotEvenTwinsShare(Pick pick) {
    TrainedUnit single = trained(new SingleTask(), Start.From.AUXILIARY, 3, alike());
    TrainedUnit mtal = trained(mtal(1, 0.5, pick, 1), Start.From.AUXILIARY, 3, alike());

    assertThat(mtal.metrics()).containsEntry("sharing/total", 0.0);
    assertThat(Units.sameBits(mtal.weights(), single.weights())).isTrue();
  }

  /** So that the tests above can fail: from the same start, twins share at any ρ below 1. */
  @Test
  void belowRhoOneMtalIsNotSingleTask() {
    TrainedUnit single = trained(new SingleTask(), Start.From.AUXILIARY, 3, alike());
    TrainedUnit mtal = trained(mtal(0.9, 0.5, Pick.ALL, 1), Start.From.AUXILIARY, 3, alike());

    assertThat(Units.sameBits(mtal.weights(), single.weights())).isFalse();
  }

  /**
   * With α = β = ½, two tasks and the twin as only partner, twins receive the same gradient: MTAL
   * is a shared trunk at half the kernel step.
   */
  @Test
  void twinsStayTogetherToTheBitWithEqualShares() {
    AtomicReference<Weights> own = new AtomicReference<>();
    TrainedUnit unit =
        trained(
            mtal(0.4, 0.5, Pick.MUTUAL, 1),
            Start.From.AUXILIARY,
            Units.steps(20),
            alike(),
            new TrainingObserver() {
              @Override
              public void epochEnded(
                  int epoch,
                  int step,
                  Map<String, Double> metrics,
                  Supplier<Checkpoint> checkpoint) {
                own.set(checkpoint.get().weights());
              }
            });

    for (String kernel : List.of("conv1_1/kernel", "conv2_1/kernel")) {
      float[] one = own.get().get("one/" + kernel).values();
      assertThat(one)
          .as("%s: K, of which K̃ would be equal in any case", kernel)
          .isEqualTo(own.get().get("two/" + kernel).values());
      assertThat(one)
          .as("%s has been trained", kernel)
          .isNotEqualTo(auxiliary.weights().get(kernel).values());
    }
    assertThat(own.get().get("one/conv1_1/bias").values())
        .as("biases are not shared")
        .isNotEqualTo(own.get().get("two/conv1_1/bias").values());
    assertThat(unit.metrics())
        .containsEntry("sharing/twin/total", 1.0)
        .containsEntry("sharing/non-twin/total", 0.0)
        .containsEntry("compression/total", 0.5)
        .containsEntry("compression/excess/total", 0.0);
  }

  @Test
  void twinsPartWithUnequalShares() {
    TrainedUnit unit = trained(mtal(0.4, 0.75, Pick.MUTUAL, 1), Start.From.AUXILIARY, 20, alike());

    assertThat(column(unit, "one").get("conv1_1/kernel").values())
        .isNotEqualTo(column(unit, "two").get("conv1_1/kernel").values());
    assertThat(unit.metrics().get("twin_cosine/conv1_1")).isBetween(0.9, 0.9999999);
  }

  /** From the same start twins remain each other's best, so M does not change. */
  @Test
  void refreshingRarelyDoesNotChangeResultsWhenTheSelectionDoesNotChange() {
    TrainedUnit often = trained(mtal(0.4, 0.75, Pick.MUTUAL, 1), Start.From.AUXILIARY, 20, alike());
    TrainedUnit rarely =
        trained(mtal(0.4, 0.75, Pick.MUTUAL, 10), Start.From.AUXILIARY, 20, alike());

    assertThat(often.metrics()).containsEntry("sharing/twin/total", 1.0);
    assertThat(often.metrics()).containsEntry("sharing/non-twin/total", 0.0);
    assertThat(Units.sameBits(often.weights(), rarely.weights())).isTrue();
  }

  @Test
  void changesShareNothingAtTheStart() {
    Mtal change =
        new Mtal(new MtalSettings(0.1, 0.5, 0.5, Pick.ALL, Similarity.CHANGE, false, 100, null));
    TrainedUnit mtal = trained(change, Start.From.AUXILIARY, 8, alike());
    TrainedUnit single = trained(new SingleTask(), Start.From.AUXILIARY, 8, alike());

    assertThat(mtal.metrics())
        .as("selected once, when K − K_start = 0")
        .containsEntry("sharing/total", 0.0);
    assertThat(Units.sameBits(mtal.weights(), single.weights())).as("single-task").isTrue();
  }

  @Test
  void changesShareOnceTasksHaveMovedKernelsTheSameWay() {
    Mtal change =
        new Mtal(new MtalSettings(0.1, 0.5, 0.5, Pick.ALL, Similarity.CHANGE, false, 4, null));

    assertThat(trained(change, Start.From.AUXILIARY, 8, alike()).metrics().get("sharing/total"))
        .isGreaterThan(0);
  }

  @Test
  void greyAndColourColumnsShareAllLayersButTheFirst() {
    List<TaskData> tasks =
        List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 5));

    assertThat(trained(mtal(0.4, 0.5, Pick.MUTUAL, 1), Start.From.AUXILIARY, 2, tasks).metrics())
        .containsEntry("sharing/conv1_1", 0.0)
        .containsEntry("sharing/conv2_1", 1.0)
        .containsEntry("compression/conv1_1", 0.0)
        .containsEntry("compression/conv2_1", 0.5)
        .as("twins alone: none of the first layer's, whose D differ")
        .containsEntry("compression/excess/total", 0.0);
  }

  private static Mtal withPrior(List<List<String>> groups) {
    return new Mtal(
        new MtalSettings(
            0.4,
            0.75,
            0.25,
            Pick.ALL,
            Similarity.KERNEL,
            false,
            1,
            groups == null ? null : new Prior(groups)));
  }

  private static TrainedUnit trainedApart(GraphMethod method, List<TaskData> tasks) {
    return trained(
        method,
        Start.From.AUXILIARY,
        Units.unclippedWithoutDropout(8),
        tasks,
        new TrainingObserver() {});
  }

  private static List<TaskData> four() {
    List<TaskData> four = new ArrayList<>(alike());
    four.add(Units.blobs("three", Units.COLOUR, 3));
    four.add(Units.blobs("four", Units.COLOUR, 6));
    return four;
  }

  @Test
  void twoPriorGroupsAreTwoSeparateMtals() {
    List<TaskData> tasks = four();
    TrainedUnit together =
        trainedApart(withPrior(List.of(List.of("one", "two"), List.of("four", "three"))), tasks);
    TrainedUnit first = trainedApart(withPrior(null), tasks.subList(0, 2));
    TrainedUnit second = trainedApart(withPrior(null), tasks.subList(2, 4));
    TrainedUnit all = trainedApart(withPrior(null), tasks);

    for (String task : List.of("one", "two")) {
      assertThat(Units.sameBits(column(together, task), column(first, task))).as(task).isTrue();
    }
    for (String task : List.of("three", "four")) {
      assertThat(Units.sameBits(column(together, task), column(second, task))).as(task).isTrue();
    }
    assertThat(Units.sameBits(together.weights(), all.weights())).as("without prior").isFalse();
    assertThat(together.metrics())
        .as("twins alone: half of the kernels in each of two groups")
        .containsEntry("compression/total", 0.5)
        .containsEntry("compression/excess/total", 0.0);
  }

  @Test
  void withEveryTaskAloneMtalIsSingleTask() {
    TrainedUnit single = trainedApart(new SingleTask(), four());
    TrainedUnit alone = trainedApart(withPrior(List.of(List.of("one"), List.of("two"))), four());

    assertThat(Units.sameBits(alone.weights(), single.weights())).isTrue();
    assertThat(alone.metrics())
        .containsEntry("sharing/total", 0.0)
        .containsEntry("compression/excess/total", 0.0);
  }

  @Test
  void aPriorNamesTasksAndEachOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trainedApart(withPrior(List.of(List.of("one", "tow"))), alike()))
        .withMessage(
            "Invalid groups of mtal: [[one, tow]] (must be groups of the tasks [one, two])");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withPrior(List.of(List.of("one", "two"), List.of("two"))))
        .withMessage(
            "Invalid groups of mtal: [[one, two], [two]]"
                + " (must be lists of tasks, no task in two of them)");
  }

  @Test
  void saysWhichLayersShareNothing() {
    Map<String, ImageShape> images = new LinkedHashMap<>();
    images.put("colour", Units.COLOUR);
    images.put("grey", Units.GREY);
    images.put("photos", Units.COLOUR);

    assertThat(withPrior(null).unshared(images, Units.BACKBONE))
        .containsExactly(
            "conv1_1 shares nothing between tasks whose kernels differ in size:"
                + " colour, photos 27 weights; grey 9 weights");
    assertThat(withPrior(List.of(List.of("colour", "photos"))).unshared(images, Units.BACKBONE))
        .as("grey is alone by the prior")
        .isEmpty();
  }

  @Test
  void refusesTasksWithoutALayerInCommon() {
    List<TaskData> tasks =
        List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 5));
    Trainer.Unit unit =
        new Trainer.Unit(
            mtal(0.4, 0.5, Pick.ALL, 1),
            new BackboneSettings(null, List.of("8", "M"), List.of(16), false),
            new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7),
            Units.unclipped(1),
            7,
            1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Trainer(unit, tasks, new TrainingObserver() {}).close())
        .withMessage(
            "Cannot share kernels between tasks [colour, grey]:"
                + " conv1_1 has kernels [3, 3, 3, 8] and [3, 3, 1, 8]"
                + " (must be of equal size in one layer at least)");
  }
}
