package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Fitting;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.Mtda;
import dev.twofold.models.methods.MtdaSettings;
import dev.twofold.models.methods.MtdaSettings.Classifier;
import dev.twofold.models.methods.MtdaSettings.Features;
import dev.twofold.models.methods.MtdaSettings.Sharing;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.TestSplits;
import dev.twofold.transforms.ingest.IngestAttempt;
import dev.twofold.transforms.ingest.Ingestion;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.parquet.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** MTDA on the pixels of Office-31, where {@code TWOFOLD_DATA} names its folder. */
@EnabledIfEnvironmentVariable(named = "TWOFOLD_DATA", matches = ".+")
class RealMtdaTest {
  private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
  private static final List<String> AMAZON =
      List.of(
          "back_pack",
          "bike",
          "calculator",
          "headphones",
          "keyboard",
          "laptop_computer",
          "monitor",
          "mouse",
          "mug",
          "projector");
  private static final List<String> WEBCAM =
      List.of(
          "back_pack",
          "bike",
          "calculator",
          "headphones",
          "bottle",
          "desk_chair",
          "desk_lamp",
          "phone",
          "printer",
          "scissors");

  @TempDir Path workdir;

  /** .66 and .69 in an independent implementation, on another split; joint and separate alike. */
  @Test
  void pixelsReachWhatTheyReachedElsewhere() throws Exception {
    TaskData amazon = task("amazon", AMAZON);
    TaskData webcam = task("webcam", WEBCAM);
    TrainedUnit joint = fitted(Sharing.JOINT, amazon, webcam);

    assertThat(joint.metrics().get("accuracy/amazon")).isCloseTo(0.66, within(0.06));
    assertThat(joint.metrics().get("accuracy/webcam")).isCloseTo(0.69, within(0.06));
    for (TaskData task : List.of(amazon, webcam)) {
      String accuracy = "accuracy/" + task.name();
      assertThat(fitted(Sharing.SEPARATE, task).metrics().get(accuracy))
          .isCloseTo(joint.metrics().get(accuracy), within(0.05));
    }
  }

  private TaskData task(String name, List<String> classes) throws Exception {
    Path source = Path.of(System.getenv("TWOFOLD_DATA"), "office31-" + name + ".zip");
    IngestAttempt attempt =
        Ingestion.begin(TestRequests.keyed(TestRequests.of(name, source, SHAPE, workdir)));
    TestIngestion.work(attempt);
    Path dataset = Path.of(TestIngestion.commit(attempt).directory());
    Task task = new Task(name, SHAPE, classes);
    Split split = TestSplits.hash("twofold-1", .3);
    return new TaskData(
        ParquetBatchSource.open(dataset, task, Side.TRAIN, split),
        ParquetBatchSource.open(dataset, task, Side.TEST, split),
        Augmentation.NONE,
        Map.of());
  }

  private static TrainedUnit fitted(Sharing sharing, TaskData... tasks) {
    MtdaSettings settings =
        new MtdaSettings(
            sharing, Features.PIXELS, 50, null, 0.1, 50, 1e-4, Classifier.NEAREST_MEAN);
    BackboneSettings unused = new BackboneSettings(null, null, null, false);
    return new Mtda(settings)
        .fit(
            new Fitting(List.of(tasks), Optional.empty(), unused, 2),
            (pass, passes, metrics) -> true);
  }
}
