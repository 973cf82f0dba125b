package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.ImageShape;
import dev.twofold.models.training.Augmentation;
import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.TestSplits;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.ingest.IngestAttempt;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.Ingestion;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.parquet.Split;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What joined datasets train on; every image has a colour of its own. */
class TaskSourcesTest {
  private static final ImageShape SHAPE = new ImageShape(4, 4, 3);

  @TempDir Path workdir;
  private String big;
  private String small;

  @BeforeEach
  void ingest() throws Exception {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < 10; i++) {
      String file = "%s/%d.png".formatted(i % 2 == 0 ? "cup" : "mug", i);
      files.put("train/" + file, TestImages.numbered(100_000 + i));
      files.put("val/" + file, TestImages.numbered(200_000 + i));
    }
    big = ingested("big", "split/class/file", files);
    small = ingested("small", "class/file", TestImages.tree(3, 20));
  }

  private String ingested(String name, String layout, Map<String, byte[]> files) throws Exception {
    Path zip = TestImages.zip(workdir.resolve(name + ".zip"), files);
    IngestRequest request =
        TestRequests.keyed(
            TestRequests.with(TestRequests.of(name, zip, SHAPE, workdir), "layout", layout));
    IngestAttempt attempt = Ingestion.begin(request);
    TestIngestion.work(attempt);
    TestIngestion.commit(attempt);
    return request.key();
  }

  private static TaskSpec spec(
      List<String> datasets, List<String> classes, List<Split> splits, Long streamed) {
    return new TaskSpec(
        "task",
        datasets,
        classes,
        splits.get(0),
        Augmentation.NONE,
        Map.of(),
        splits.size() > 1 ? splits : null,
        streamed);
  }

  private static TaskSpec joined(Split split, String big, String small) {
    return spec(
        List.of(big, small),
        List.of("class0", "class1", "class2", "cup", "mug"),
        List.of(TestSplits.source(), split),
        null);
  }

  private BatchSource open(TaskSpec spec, Side side) {
    return new TaskSources(new ArtifactStore(workdir), Long.MAX_VALUE).side(spec, side);
  }

  /** The images of one side, each as text. */
  private Set<String> images(TaskSpec spec, Side side) {
    Set<String> images = new HashSet<>();
    try (BatchSource source = open(spec, side)) {
      for (int i = 0; i < source.size(); i++) {
        images.add(Arrays.toString(source.inOrder(i, i + 1).pixels()));
      }
    }
    return images;
  }

  @Test
  void anAuxiliaryTaskThatIsSplitAsATaskTrainsOnNoneOfItsTestImages() {
    Split split = TestSplits.hash("twofold-1", 0.3);
    TaskSpec task = spec(List.of(small), List.of("class0", "class2"), List.of(split), null);
    Set<String> tested = images(task, Side.TEST);
    Set<String> trained = images(joined(split, big, small), Side.TRAIN);

    assertThat(tested).hasSize(2 * 6);
    assertThat(trained)
        .as("10 of big's train, 14 of each of small's classes")
        .hasSize(10 + 3 * 14)
        .containsAll(images(task, Side.TRAIN))
        .doesNotContainAnyElementsOf(tested);
    assertThat(images(joined(TestSplits.hash("twofold-2", 0.3), big, small), Side.TRAIN))
        .as("another repeat's split would leak")
        .containsAnyElementsOf(tested);
  }

  @Test
  void whatASpecificationMayHoldIsWhatShapesTheOrder() {
    List<Split> all = List.of(TestSplits.hash("", 0));
    TaskSpec held = spec(List.of(small), List.of("class0", "class1"), all, null);
    TaskSpec streamed = spec(List.of(small), List.of("class0", "class1"), all, 960L);

    try (BatchSource first = open(held, Side.TRAIN);
        BatchSource second = open(streamed, Side.TRAIN)) {
      assertThat(second.inOrder(0, 40).pixels()).isEqualTo(first.inOrder(0, 40).pixels());
      assertThat(second.shuffled(7, 0, 0, 40).pixels())
          .isNotEqualTo(first.shuffled(7, 0, 0, 40).pixels());
    }
  }

  @Test
  void countsWhatBothSidesHold() {
    TaskSources sources = new TaskSources(new ArtifactStore(workdir), Long.MAX_VALUE);
    Split split = TestSplits.hash("", 0.3);
    assertThat(sources.bytes(joined(split, big, small)))
        .as("20 and 60 images of 4 × 4 × 3")
        .isEqualTo(80 * 48);
    assertThat(sources.bytes(spec(List.of(small), List.of("class0"), List.of(split), 960L)))
        .isEqualTo(2 * 960);
  }

  /** Every image once, those of a dataset in the order in which that dataset would stream them. */
  @Test
  void joinedDatasetsThatAreStreamedTakeTurns() {
    List<String> classes = List.of("class0", "class1", "class2", "cup", "mug");
    List<Split> all = List.of(TestSplits.hash("", 0), TestSplits.hash("", 0));
    try (BatchSource joined = open(spec(List.of(big, small), classes, all, 960L), Side.TRAIN);
        BatchSource first =
            open(spec(List.of(big), List.of("cup", "mug"), all.subList(0, 1), 960L), Side.TRAIN);
        BatchSource second =
            open(
                spec(List.of(small), classes.subList(0, 3), all.subList(0, 1), 960L), Side.TRAIN)) {
      List<String> pass = images(joined.shuffled(7, 3, 0, joined.size()));
      List<String> ofFirst = images(first.shuffled(7, 3, 0, first.size()));
      List<String> ofSecond = images(second.shuffled(7, 3, 0, second.size()));

      assertThat(pass).hasSize(80).containsSubsequence(ofFirst).containsSubsequence(ofSecond);
      assertThat(pass).doesNotHaveDuplicates();
      assertThat(pass.subList(0, 20)).as("no dataset as a whole first").isNotEqualTo(ofFirst);
      assertThat(images(joined.shuffled(7, 3, 1, 30))).isEqualTo(pass.subList(30, 60));
      assertThat(images(joined.shuffled(7, 4, 0, 80))).isNotEqualTo(pass);
    }
  }

  private static List<String> images(Batch batch) {
    int size = SHAPE.size();
    return IntStream.range(0, batch.size())
        .mapToObj(
            i -> Arrays.toString(Arrays.copyOfRange(batch.pixels(), i * size, (i + 1) * size)))
        .toList();
  }
}
