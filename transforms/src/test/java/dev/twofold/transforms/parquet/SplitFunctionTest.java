package dev.twofold.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.transforms.TestSplits;
import dev.twofold.transforms.parquet.SplitFunction.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitFunctionTest {
  private static final List<Row> TEN = contents("cat", 10);

  @Test
  void lowestHashesAreTestedOn() {
    // for i in 0 … 9: printf 's\tc%d' $i | sha256sum; sorted, the first three
    assertThat(test(TestSplits.hash("s", .3), TEN)).containsExactlyInAnyOrder("c3", "c7", "c1");
    assertThat(test(TestSplits.hash("t", .3), TEN)).containsExactlyInAnyOrder("c4", "c9", "c1");
  }

  @Test
  void everyClassGivesItsShare() {
    List<Row> rows = new ArrayList<>(contents("cat", 10));
    rows.addAll(contents("dog", 25)); // .3 · 25 = 7.5, rounded up
    rows.addAll(contents("eel", 1)); // .3, rounded down
    SplitFunction split = SplitFunction.of(TestSplits.hash("s", .3), rows);
    for (Object[] expected : new Object[][] {{"cat", 3}, {"dog", 8}, {"eel", 0}}) {
      assertThat(rows.stream().filter(row -> row.className().equals(expected[0])))
          .filteredOn(row -> split.contains(Side.TEST, row))
          .hasSize((int) expected[1]);
    }
  }

  @Test
  void orderOfTheRowsDoesNotMatter() {
    List<Row> shuffled = new ArrayList<>(TEN);
    Collections.shuffle(shuffled, new Random(1));
    assertThat(test(TestSplits.hash("s", .3), shuffled))
        .containsExactlyInAnyOrderElementsOf(test(TestSplits.hash("s", .3), TEN));
  }

  @Test
  void equalContentsStandOnOneSideAndCountOnce() {
    List<Row> rows = new ArrayList<>();
    TEN.forEach(row -> rows.addAll(Collections.nCopies(3, row)));
    SplitFunction split = SplitFunction.of(TestSplits.hash("s", .3), rows);
    assertThat(rows).filteredOn(row -> split.contains(Side.TEST, row)).hasSize(9);
    assertThat(test(TestSplits.hash("s", .3), rows))
        .hasSameElementsAs(test(TestSplits.hash("s", .3), TEN));
  }

  @Test
  void sourcesOwnSplitTestsOnValAndTest() {
    List<Row> rows =
        List.of(
            new Row("cat", "a", "train"), new Row("cat", "b", "val"), new Row("cat", "c", "test"));
    assertThat(test(TestSplits.source(), rows)).containsExactly("b", "c");
  }

  @Test
  void otherSourceSplitsStandOnNoSide() {
    Row train = new Row("cat", "a", "train");
    Row val = new Row("cat", "b", "val");
    SplitFunction split =
        SplitFunction.of(
            new Split(Split.Mode.HASH, 0, "s", List.of("val"), null, null), List.of(train, val));
    assertThat(split.contains(Side.TRAIN, val)).isTrue();
    assertThat(split.contains(Side.TRAIN, train)).isFalse();
    assertThat(split.contains(Side.TEST, train)).isFalse();
  }

  @Test
  void aValidationCutIsOfTheTrainingSideAndLeavesTheTestSideAlone() {
    Split split = new Split(Split.Mode.HASH, .3, "s", List.of(), .3, null);
    // The ranks after c3, c7, c1 that are tested on: .3 · 7 = 2.1
    assertThat(test(split, TEN)).hasSize(2).doesNotContain("c3", "c7", "c1");
    SplitFunction cut = SplitFunction.of(split, TEN);
    assertThat(TEN).filteredOn(row -> cut.contains(Side.TRAIN, row)).hasSize(5);
    assertThat(TEN)
        .filteredOn(row -> cut.contains(Side.TRAIN, row) || cut.contains(Side.TEST, row))
        .extracting(Row::unit)
        .doesNotContain("c3", "c7", "c1");
  }

  @Test
  void aValidationCutOfTheSourcesOwnSplitIsOfItsTrainingImages() {
    List<Row> rows = new ArrayList<>();
    TEN.forEach(row -> rows.add(new Row("cat", row.unit(), "train")));
    rows.add(new Row("cat", "held out", "val"));
    Split split = new Split(Split.Mode.SOURCE, 0, "s", List.of(), .2, null);
    assertThat(test(split, rows)).hasSize(2).doesNotContain("held out");
  }

  @Test
  void fractionBeyondOneIsRefused() {
    assertThatThrownBy(() -> TestSplits.hash("s", 30))
        .hasMessage("Invalid split.test: 30.0 (must be from 0 to 1)");
  }

  private static List<String> test(Split split, List<Row> rows) {
    SplitFunction function = SplitFunction.of(split, rows);
    return rows.stream().filter(row -> function.contains(Side.TEST, row)).map(Row::unit).toList();
  }

  private static List<Row> contents(String className, int count) {
    return IntStream.range(0, count).mapToObj(i -> new Row(className, "c" + i, "")).toList();
  }
}
