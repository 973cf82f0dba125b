package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Blobs;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.methods.Preset;
import dev.twofold.models.methods.SingleTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
  private static Auxiliary auxiliary;

  @TempDir Path directory;

  @BeforeAll
  static void pretrain() {
    auxiliary = Units.pretrained(Units.blobs("auxiliary", Units.COLOUR, 9), 60);
  }

  static Stream<MethodType<?>> methods() {
    return Methods.ALL.stream().filter(type -> !type.isClosedForm());
  }

  private static <S extends Record> Trainer.Unit unit(
      MethodType<S> type, Start.From from, Optional<Auxiliary> auxiliary, int steps) {
    return new Trainer.Unit(
        (GraphMethod) type.method(type.settings().apply(Preset.TUNED)),
        Units.BACKBONE,
        new ColumnStart(Units.start(from), auxiliary, Optional.empty(), 7),
        Units.steps(steps),
        7,
        1);
  }

  private static Trainer trainer(MethodType<?> type, TrainingObserver observer) {
    return new Trainer(
        unit(type, Start.From.AUXILIARY, Optional.of(auxiliary), 33), tasks(type), observer);
  }

  private static List<TaskData> tasks(MethodType<?> type) {
    return List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", grey(type), 5));
  }

  /** Smaller than the colour images, but where columns mix features of equal shape. */
  private static ImageShape grey(MethodType<?> type) {
    return List.of("cross-stitch", "nddr-cnn").contains(type.name())
        ? new ImageShape(Units.COLOUR.height(), Units.COLOUR.width(), 1)
        : Units.GREY;
  }

  @ParameterizedTest
  @MethodSource("methods")
  void learnsAndRepeatsToTheBit(MethodType<?> type) {
    try (Trainer first = trainer(type, new TrainingObserver() {});
        Trainer second = trainer(type, new TrainingObserver() {})) {
      TrainedUnit one = first.train(Optional.empty());
      TrainedUnit two = second.train(Optional.empty());

      assertThat(Units.sameBits(one.weights(), two.weights())).isTrue();
      assertThat(one.metrics().get("loss/grey")).isEqualTo(two.metrics().get("loss/grey"));
      assertThat(one.metrics().get("loss/colour")).as("ln 4 is chance").isLessThan(1.1);
    }
  }

  /** Batches of 16: 48 images are through after three steps, 20 after two. */
  @Test
  void aSmallerTaskStartsItsNextPass() {
    List<String> taken = Collections.synchronizedList(new ArrayList<>());
    List<TaskData> tasks =
        List.of(recorded("large", 48, 0, taken), recorded("small", 20, 0, taken));
    train(tasks, 6);

    assertThat(taken)
        .filteredOn(batch -> batch.startsWith("large"))
        .startsWith("large 0 0", "large 0 1", "large 0 2", "large 1 0", "large 1 1", "large 1 2");
    assertThat(taken)
        .filteredOn(batch -> batch.startsWith("small"))
        .startsWith("small 0 0", "small 0 1", "small 1 0", "small 1 1", "small 2 0", "small 2 1");
  }

  @Test
  void trainingImagesAreShifted() {
    List<String> ignored = Collections.synchronizedList(new ArrayList<>());
    Weights still = train(List.of(recorded("large", 48, 0, ignored)), 2);

    assertThat(Units.sameBits(still, train(List.of(recorded("large", 48, 0, ignored)), 2)))
        .isTrue();
    assertThat(Units.sameBits(still, train(List.of(recorded("large", 48, 2, ignored)), 2)))
        .isFalse();
  }

  private static Weights train(List<TaskData> tasks, int steps) {
    MethodType<?> multiTask =
        methods().filter(type -> type.name().equals("multi-task")).findFirst().orElseThrow();
    try (Trainer trainer =
        new Trainer(
            unit(multiTask, Start.From.SCRATCH, Optional.empty(), steps),
            tasks,
            new TrainingObserver() {})) {
      return trainer.train(Optional.empty()).weights();
    }
  }

  /** A task that notes {@code name pass index} of each batch it gives. */
  private static TaskData recorded(String name, int size, int shift, List<String> taken) {
    Blobs blobs = new Blobs(name, Units.COLOUR, 4, size, 1);
    BatchSource recording =
        new BatchSource() {
          @Override
          public Task task() {
            return blobs.task();
          }

          @Override
          public int size() {
            return size;
          }

          @Override
          public Batch images(int... positions) {
            return blobs.images(positions);
          }

          @Override
          public int[] order(long seed, long pass) {
            return blobs.order(seed, pass);
          }

          @Override
          public Batch shuffled(long seed, long pass, int index, int batchSize) {
            taken.add("%s %d %d".formatted(name, pass, index));
            return blobs.shuffled(seed, pass, index, batchSize);
          }

          @Override
          public void close() {}
        };
    return new TaskData(
        recording,
        new Blobs(name, Units.COLOUR, 4, 8, 2),
        new Augmentation(shift, false),
        Map.of());
  }

  /**
   * Losses are of the weights before a step, and here is no step after it. The convolutions are
   * zero, so that the large weights behind them do not show in the loss, and decay to infinity.
   */
  @Test
  void aLastStepThatDivergesIsNoResult() {
    try (Trainer trainer = diverging(0)) {
      assertThatThrownBy(() -> trainer.train(Optional.empty()))
          .isInstanceOf(DivergedException.class)
          .hasMessageMatching(
              "Training diverged at step 1: a weight of task colour is \\S+,"
                  + " the last finite loss was \\d\\S+ \\(lower .*");
    }
  }

  @Test
  void aFirstStepThatDivergesTellsOfNoFiniteLoss() {
    try (Trainer trainer = diverging(1)) {
      assertThatThrownBy(() -> trainer.train(Optional.empty()))
          .isInstanceOf(DivergedException.class)
          .hasMessageMatching(
              "Training diverged at step 1: the loss of task colour is \\S+ \\(lower"
                  + " training.learningRate, which is 900.0, or set training.clipNorm\\)");
    }
  }

  /** Every image has the convolutions' biases as features, whatever it shows. */
  private static Trainer diverging(float bias) {
    Weights large = new Weights();
    new Backbone(Units.BACKBONE, 3, Optional.empty())
        .shapes(Units.COLOUR, 4)
        .forEach(
            (name, shape) -> {
              float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
              Arrays.fill(values, diverging(name, bias));
              large.put(name, new Weights.Weight(shape, values));
            });
    Start start =
        new Start(
            Start.From.FILE, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, "weights.npz");
    Trainer.Unit unit =
        new Trainer.Unit(
            new SingleTask(),
            Units.BACKBONE,
            new ColumnStart(start, Optional.empty(), Optional.of(large), 7),
            Units.diverging(),
            7,
            1);
    return new Trainer(
        unit, List.of(Units.blobs("colour", Units.COLOUR, 4)), new TrainingObserver() {});
  }

  private static float diverging(String name, float bias) {
    if (name.equals("fc1/kernel")) {
      return 1e37f;
    }
    return name.startsWith("input/") ? 1 : name.endsWith("/bias") ? bias : 0;
  }

  private static TrainingObserver stoppingAt11(AtomicReference<Checkpoint> saved) {
    return new TrainingObserver() {
      @Override
      public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
        if (step == 11) {
          saved.set(checkpoint.get());
        }
        return step < 11;
      }
    };
  }

  @ParameterizedTest
  @MethodSource("methods")
  void resumedEndsWithTheBitsOfTheUndisturbed(MethodType<?> type) {
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    try (Trainer undisturbed = trainer(type, new TrainingObserver() {});
        Trainer killed = trainer(type, stoppingAt11(saved));
        Trainer resumed = trainer(type, new TrainingObserver() {})) {
      TrainedUnit whole = undisturbed.train(Optional.empty());
      assertThat(killed.train(Optional.empty()).finished()).isFalse();
      TrainedUnit continued = resumed.train(Optional.of(saved.get()));

      assertThat(continued.finished()).isTrue();
      assertThat(Units.sameBits(whole.weights(), continued.weights())).isTrue();
      assertThat(continued.metrics().get("loss/grey")).isEqualTo(whole.metrics().get("loss/grey"));
    }
  }

  /** 60 images of a task and batches of 16 make epochs of 4 steps. */
  @Test
  void aCheckpointOfAnEpochsLastStepBeginsTheNextEpochsLossAnew() {
    List<Double> undisturbed = new ArrayList<>();
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    TrainingObserver saver =
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            if (step == 8) {
              saved.set(checkpoint.get());
            }
            return true;
          }

          @Override
          public void epochEnded(
              int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {
            undisturbed.add(metrics.get("loss/grey"));
          }
        };
    List<Double> resumed = new ArrayList<>();
    TrainingObserver listener =
        new TrainingObserver() {
          @Override
          public void epochEnded(
              int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {
            resumed.add(metrics.get("loss/grey"));
          }
        };
    MethodType<?> type = Methods.named("multi-task");
    try (Trainer first = trainer(type, saver);
        Trainer second = trainer(type, listener)) {
      first.train(Optional.empty());
      second.train(Optional.of(saved.get()));
    }

    assertThat(undisturbed).hasSize(9);
    assertThat(resumed).isEqualTo(undisturbed.subList(2, 9));
  }

  @Test
  void aUnitStoppedAtAnEpochsLastStepHasReportedThatEpoch() {
    List<Integer> reported = new ArrayList<>();
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    TrainingObserver stopper =
        new TrainingObserver() {
          @Override
          public void epochEnded(
              int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {
            reported.add(epoch);
          }

          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            if (step == 8) {
              saved.set(checkpoint.get());
            }
            return saved.get() == null || step > 8;
          }
        };
    MethodType<?> type = Methods.named("multi-task");
    try (Trainer first = trainer(type, stopper);
        Trainer second = trainer(type, stopper)) {
      first.train(Optional.empty());
      assertThat(reported).containsExactly(1, 2);
      second.train(Optional.of(saved.get()));
    }

    assertThat(reported).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aUnitResumedAtItsEndReportsItsLastEpoch() {
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    TrainingObserver saver =
        new TrainingObserver() {
          @Override
          public void epochEnded(
              int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {
            saved.set(checkpoint.get());
          }
        };
    MethodType<?> type = Methods.named("multi-task");
    try (Trainer first = trainer(type, saver);
        Trainer second = trainer(type, new TrainingObserver() {})) {
      TrainedUnit whole = first.train(Optional.empty());
      TrainedUnit again = second.train(Optional.of(saved.get()));

      assertThat(again.finished()).isTrue();
      assertThat(again.metrics())
          .as("it has run no step")
          .doesNotContainKeys("time/epoch", "images_per_second");
      assertThat(again.metrics().get("loss/grey")).isEqualTo(whole.metrics().get("loss/grey"));
      assertThat(Units.sameBits(again.weights(), whole.weights())).isTrue();
    }
  }

  /**
   * Epochs of 4 steps, two tasks and batches of 16: an attempt that goes on at step 11 runs one
   * step of the third epoch, 32 images. The pause makes its time known from below.
   */
  @Test
  void anEpochResumedInItsMiddleHasTheRateOfItsOwnStepsAndNoTime() {
    AtomicReference<Checkpoint> saved = new AtomicReference<>();
    double pause = 0.7;
    List<Map<String, Double>> epochs = new ArrayList<>();
    TrainingObserver listener =
        new TrainingObserver() {
          @Override
          public void started(Course course, int step) {
            LockSupport.parkNanos((long) (pause * 1e9));
          }

          @Override
          public void epochEnded(
              int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {
            epochs.add(metrics);
          }
        };
    MethodType<?> type = Methods.named("multi-task");
    try (Trainer killed = trainer(type, stoppingAt11(saved));
        Trainer resumed = trainer(type, listener)) {
      killed.train(Optional.empty());
      resumed.train(Optional.of(saved.get()));
    }

    assertThat(epochs.get(0)).doesNotContainKey("time/epoch");
    assertThat(epochs.get(0).get("images_per_second")).isPositive().isLessThan(32 / (0.9 * pause));
    assertThat(epochs.get(1).get("images_per_second") * epochs.get(1).get("time/epoch"))
        .as("4 steps")
        .isCloseTo(128, within(1e-6));
  }

  /** A test side may take minutes, and nobody will read what it came to. */
  @Test
  void aUnitStoppedWithinItsFirstEpochTestsNothing() {
    TrainingObserver stopper =
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] each, Supplier<Checkpoint> checkpoint) {
            return step < 2;
          }
        };
    try (Trainer trainer = trainer(Methods.named("multi-task"), stopper)) {
      TrainedUnit stopped = trainer.train(Optional.empty());

      assertThat(stopped.finished()).isFalse();
      assertThat(stopped.metrics()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theExportedModelHasTheTrainersAccuracy(MethodType<?> type) throws Exception {
    try (Trainer trainer = trainer(type, new TrainingObserver() {})) {
      TrainedUnit trained = trainer.train(Optional.empty());
      for (var network : trained.networks()) {
        Task task = network.task();
        Path model = directory.resolve(task.name());
        SavedModels.write(network, trained.weights().below(task.name() + "/"), model);
        BatchSource test = test(type, task.name());
        assertThat(Units.accuracy(model, test))
            .isEqualTo(trained.metrics().get("accuracy/" + task.name()));
      }
    }
  }

  private static BatchSource test(MethodType<?> type, String task) {
    return tasks(type).stream()
        .filter(data -> data.name().equals(task))
        .findFirst()
        .orElseThrow()
        .test();
  }
}
