package dev.twofold.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Randomness;
import dev.twofold.models.Task;
import dev.twofold.transforms.TestSplits;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.sources.DataRefusedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetBatchSourceTest {
  private static final ImageShape SHAPE = new ImageShape(1, 1, 3);
  private static final Task TASK = new Task("digits", SHAPE, List.of("two", "one"));

  /** Everything is trained on. */
  private static final Split ALL = TestSplits.hash("", 0);

  @TempDir Path dataset;

  /** Row i holds pixels (i, 0, 0); ids run against the order of the parts. */
  @BeforeEach
  void write() throws Exception {
    write(0, 10, 20);
    write(1, 0, 10);
  }

  @Test
  void rowsComeInTheOrderOfTheirIdWithTheTasksLabels() {
    try (ParquetBatchSource source = open(ALL, Side.TRAIN)) {
      assertThat(source.size()).isEqualTo(20);
      Batch batch = source.inOrder(8, 12);
      assertThat(batch.pixels()).containsExactly(8, 0, 0, 9, 0, 0, 10, 0, 0, 11, 0, 0);
      assertThat(batch.labels()).containsExactly(0, 1, 0, 1);
      assertThat(source.id(8)).isEqualTo("08");
      assertThatThrownBy(() -> source.inOrder(8, 21)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void passIsTheNamedPermutationAndItsLastBatchWrapsRound() {
    int[] order = Randomness.permutation(20, Randomness.stream(7, "order/digits", 3));
    try (ParquetBatchSource source = open(ALL, Side.TRAIN)) {
      assertThat(rows(source.shuffled(7, 3, 0, 8))).isEqualTo(Arrays.copyOfRange(order, 0, 8));
      int[] last = rows(source.shuffled(7, 3, 2, 8));
      assertThat(last)
          .containsExactly(
              order[16], order[17], order[18], order[19], order[0], order[1], order[2], order[3]);
      assertThat(rows(source.shuffled(7, 4, 0, 8))).isNotEqualTo(rows(source.shuffled(7, 3, 0, 8)));
    }
  }

  @Test
  void sidesPartTheRows() {
    Split split = TestSplits.hash("s", .3);
    try (ParquetBatchSource train = open(split, Side.TRAIN);
        ParquetBatchSource test = open(split, Side.TEST)) {
      assertThat(test.size()).isEqualTo(6);
      assertThat(train.size()).isEqualTo(14);
      Set<Integer> both = new HashSet<>();
      for (int row : rows(train.inOrder(0, 14))) {
        both.add(row);
      }
      for (int row : rows(test.inOrder(0, 6))) {
        both.add(row);
      }
      assertThat(both).hasSize(20);
    }
  }

  /** Each class has five rows that begin with 0, and five with 1: of its two objects one tests. */
  @Test
  void allImagesOfAnObjectStandOnOneSide() {
    try (ParquetBatchSource test = open(byObject("^(\\d)"), Side.TEST)) {
      Map<String, Integer> objects = new TreeMap<>();
      for (int row : rows(test.inOrder(0, 10))) {
        objects.merge("class %d, object %d".formatted(row % 2, row / 10), 1, Integer::sum);
      }
      assertThat(test.size()).isEqualTo(10);
      assertThat(objects.values()).containsExactly(5, 5);
      assertThat(objects.keySet()).extracting(name -> name.substring(0, 7)).doesNotHaveDuplicates();
    }
    assertThatThrownBy(() -> open(byObject("frame_"), Side.TEST))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageMatching(
            "Cannot split task \\w+ by object: split.object frame_ finds none in \\d\\d"
                + " \\(must find one in every path\\)");
  }

  /** The search need not have split as its table does. */
  @Test
  void whatAnotherSplitTestsIsLeftOutByThatSplitsRule() {
    Split search = TestSplits.hash("other", .5);
    Set<Integer> seen = new HashSet<>();
    try (ParquetBatchSource looked = open(search, Side.TEST)) {
      Arrays.stream(rows(looked.inOrder(0, looked.size()))).forEach(seen::add);
    }
    int[] unseen;
    try (ParquetBatchSource test = open(byObject("^(\\d)"), Side.TEST)) {
      unseen =
          Arrays.stream(rows(test.inOrder(0, test.size())))
              .filter(row -> !seen.contains(row))
              .toArray();
    }
    assertThat(unseen).isNotEmpty().hasSizeLessThan(10);
    try (ParquetBatchSource scored =
        ParquetBatchSource.open(
            dataset, TASK, Side.TEST, byObject("^(\\d)"), List.of(search), 1 << 20)) {
      assertThat(rows(scored.inOrder(0, scored.size()))).isEqualTo(unseen);
    }
  }

  private static Split byObject(String pattern) {
    return new Split(Split.Mode.HASH, .5, "s", List.of(), null, pattern);
  }

  @Test
  void streamedSideHoldsTheSameRows() throws Exception {
    try (ParquetBatchSource held = open(ALL, Side.TRAIN);
        ParquetBatchSource streamed =
            ParquetBatchSource.open(dataset, TASK, Side.TRAIN, ALL, List.of(), 30)) {
      for (int from = 0; from < 20; from += 5) {
        assertThat(streamed.inOrder(from, from + 5).pixels())
            .isEqualTo(held.inOrder(from, from + 5).pixels());
        assertThat(streamed.inOrder(from, from + 5).labels())
            .isEqualTo(held.inOrder(from, from + 5).labels());
      }
    }
  }

  @Test
  void streamedPassIsAPermutationGivenBySeedAndPass() throws Exception {
    try (ParquetBatchSource one =
            ParquetBatchSource.open(dataset, TASK, Side.TRAIN, ALL, List.of(), 30);
        ParquetBatchSource two =
            ParquetBatchSource.open(dataset, TASK, Side.TRAIN, ALL, List.of(), 30)) {
      List<Integer> pass = new ArrayList<>();
      for (int index = 0; index < 4; index++) {
        for (int row : rows(one.shuffled(7, 1, index, 5))) {
          pass.add(row);
        }
      }
      assertThat(pass).doesNotHaveDuplicates().hasSize(20);
      // Whoever resumes asks for the last batch first.
      assertThat(rows(two.shuffled(7, 1, 3, 5)))
          .containsExactly(pass.subList(15, 20).stream().mapToInt(i -> i).toArray());
      assertThat(rows(two.shuffled(7, 2, 3, 5))).isNotEqualTo(rows(two.shuffled(7, 1, 3, 5)));
    }
  }

  @Test
  void statisticsAreThoseOfAllPixels() {
    try (ParquetBatchSource source = open(ALL, Side.TRAIN)) {
      Statistics statistics = new Statistics(SHAPE.channels());
      statistics.add(source.inOrder(0, 20).pixels());
      // Of 0 … 19: mean 9.5, variance (20² − 1) / 12 = 33.25
      assertThat(statistics.mean()[0]).isCloseTo(9.5 / 255, Offset.offset(1e-12));
      assertThat(statistics.deviation()[0]).isCloseTo(Math.sqrt(33.25) / 255, Offset.offset(1e-12));
      assertThat(statistics.mean()[1]).isZero();
      assertThat(statistics.deviation()[1]).isZero();
    }
  }

  @Test
  void pixelsAbove127CountAsUnsigned() {
    Statistics statistics = new Statistics(1);
    statistics.add(new byte[] {(byte) 255, 0});
    assertThat(statistics.mean()).containsExactly(.5);
    assertThat(statistics.deviation()).containsExactly(.5);
  }

  @Test
  void classThatTheDatasetLacksIsNamed() {
    Task task = new Task("digits", SHAPE, List.of("one", "three"));
    assertThatThrownBy(() -> ParquetBatchSource.open(dataset, task, Side.TRAIN, ALL))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot use dataset %s for task digits: it has no image of class three (it has [one,"
                    .formatted(dataset)
                + " two])");
  }

  @Test
  void sideWithoutImagesAndWrongShapesAreRefused() {
    assertThatThrownBy(() -> open(ALL, Side.TEST))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot use task digits: it has no image on the test side, split by split.test 0.0"
                + " (give it more images or classes, or another split)");
    Task task = new Task("digits", new ImageShape(2, 1, 3), TASK.classes());
    assertThatThrownBy(() -> ParquetBatchSource.open(dataset, task, Side.TRAIN, ALL))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("has 3 bytes, the task's shape 6");
  }

  @Test
  void readsTheRowsOfTheseIds() throws Exception {
    List<String> read = new ArrayList<>();
    for (Path part : DatasetReader.parts(dataset)) {
      DatasetReader.forEach(
          part, Set.of("03", "14", "99"), (row, pixels) -> read.add(row.id() + "=" + pixels[0]));
    }

    assertThat(read).containsExactlyInAnyOrder("03=3", "14=14");
  }

  @Test
  void readsPredictionsBack() throws Exception {
    Path file = dataset.resolve("predictions-digits.parquet");
    try (PredictionsWriter writer = new PredictionsWriter(file)) {
      writer.write("03", "one", "two", new float[] {.75f, .25f});
      writer.write("14", "two", "two", new float[] {1, 0});
    }

    assertThat(PredictionsReader.read(file))
        .containsExactly(
            new PredictionsReader.Prediction("03", "one", "two", .75f),
            new PredictionsReader.Prediction("14", "two", "two", 1));
  }

  private ParquetBatchSource open(Split split, Side side) {
    return ParquetBatchSource.open(dataset, TASK, side, split);
  }

  private void write(int part, int from, int to) throws Exception {
    Path file = dataset.resolve("part-%05d.parquet".formatted(part));
    try (DatasetWriter writer = new DatasetWriter(file)) {
      for (int i = from; i < to; i++) {
        byte[] pixels = {(byte) i, 0, 0};
        writer.write(row(i, Sha256.of(pixels)), pixels);
      }
    }
  }

  private static RowInfo row(int i, String content) {
    String className = i % 2 == 0 ? "two" : "one";
    return new RowInfo(
        "%02d".formatted(i), className, "", 1, 1, 3, content, content, "x.zip!" + i, 10, 20);
  }

  private static int[] rows(Batch batch) {
    int[] rows = new int[batch.size()];
    Arrays.setAll(rows, i -> batch.pixels()[3 * i]);
    return rows;
  }
}
