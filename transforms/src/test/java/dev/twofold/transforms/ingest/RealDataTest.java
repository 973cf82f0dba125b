package dev.twofold.transforms.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.TestSplits;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.parquet.Split;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The public research sets themselves, where {@code TWOFOLD_DATA} names their folder. */
@EnabledIfEnvironmentVariable(named = "TWOFOLD_DATA", matches = ".+")
class RealDataTest {
  private static final Path DATA =
      Path.of(System.getenv().getOrDefault("TWOFOLD_DATA", "TWOFOLD_DATA"));

  @TempDir Path workdir;

  @ParameterizedTest
  @CsvSource({
    "office31-amazon.zip, 1475, 16, stretch, 3",
    "office31-webcam.zip, 430, 16, crop, 3",
    "office31-dslr.zip, 246, 16, pad, 3",
    "caltech256-10.zip, 1123, 10, stretch, 3",
    "coil20.zip, 720, 10, stretch, 1",
    "chars74k-hnd-digits.zip, 550, 10, ink, 1",
    "chars74k-fnt-digits.zip, 2500, 10, stretch, 1"
  })
  void archiveIsIngestedWhole(String archive, int images, int classes, String fit, int channels)
      throws Exception {
    IngestRequest stretched = request(archive, new ImageShape(32, 32, channels));
    IngestRequest request = TestRequests.keyed(TestRequests.with(stretched, "fit", fit));
    IngestResult result = ingest(request);
    assertThat(result.images() + result.deadLetters()).isEqualTo(images);
    assertThat(result.deadLetters()).isLessThan(images / 100);
    Path dataset = Path.of(result.directory());
    DatasetSummary summary = DatasetSummary.read(dataset);
    assertThat(summary.classes()).hasSize(classes);

    Task task = new Task(archive, request.shape(), summary.classes());
    Split split = TestSplits.hash("0", .3);
    try (ParquetBatchSource train = ParquetBatchSource.open(dataset, task, Side.TRAIN, split);
        ParquetBatchSource test = ParquetBatchSource.open(dataset, task, Side.TEST, split)) {
      assertThat(train.size() + test.size()).isEqualTo(result.images());
      assertThat((double) test.size() / result.images()).isBetween(.28, .32);
    }
  }

  @Test
  void bigSetOfManyClassesKeepsItsOwnSplitAndLosesWhatIsAmbiguous() throws Exception {
    IngestRequest unnamed =
        TestRequests.with(
            request("tiny-imagenet-100.zip", new ImageShape(16, 16, 3)),
            "layout",
            "split/class/file");
    String names = DATA.resolve("tiny-imagenet-100.labels.tsv").toString();
    IngestRequest request = TestRequests.keyed(TestRequests.with(unnamed, "classNames", names));
    IngestResult result = ingest(request);
    // Two pairs of files are equal under two names each.
    assertThat(result.images()).isEqualTo(29_996);
    assertThat(result.deadLetters()).isEqualTo(4);
    DatasetSummary summary = DatasetSummary.read(Path.of(result.directory()));
    assertThat(summary.classes()).hasSize(100).contains("goldfish, Carassius auratus");
    Task task =
        new Task(
            "big",
            request.shape(),
            List.of(
                "goldfish, Carassius auratus", "European fire salamander, Salamandra salamandra"));
    try (ParquetBatchSource test =
        ParquetBatchSource.open(
            Path.of(result.directory()), task, Side.TEST, TestSplits.source())) {
      assertThat(test.size()).isEqualTo(100);
    }
  }

  private IngestRequest request(String archive, ImageShape shape) {
    return TestRequests.of(archive, DATA.resolve(archive), shape, workdir);
  }

  private static IngestResult ingest(IngestRequest request) throws Exception {
    IngestAttempt attempt = Ingestion.begin(request);
    TestIngestion.work(attempt);
    return TestIngestion.commit(attempt);
  }
}
