package dev.twofold.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassDrawTest {

  private static List<String> classes(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> String.valueOf((char) ('a' + i))).toList();
  }

  @Test
  void drawsSharedClassesForAllTasksAndTheRestForOneAlone() {
    List<List<String>> drawn =
        new ClassDraw(List.of(classes(0, 17), classes(0, 17)), 10, 3, 7).draw().orElseThrow();
    TreeSet<String> common = new TreeSet<>(drawn.get(0));
    common.retainAll(drawn.get(1));

    assertThat(drawn).allSatisfy(task -> assertThat(task).hasSize(10).isSorted());
    assertThat(common).hasSize(3);
  }

  @Test
  void findsTheOnlyDraw() {
    // The second task can have nothing but a and b, so the first must leave them to it.
    for (long seed = 0; seed < 20; seed++) {
      assertThat(new ClassDraw(List.of(classes(0, 4), classes(0, 2)), 2, 0, seed).draw())
          .contains(List.of(List.of("c", "d"), List.of("a", "b")));
    }
  }

  @Test
  void twoTimesTenOfSixteenClassesShareAtLeastFour() {
    List<List<String>> sixteen = List.of(classes(0, 16), classes(0, 16));

    assertThat(new ClassDraw(sixteen, 10, 3, 1).draw()).isEmpty();
    assertThat(new ClassDraw(sixteen, 10, 4, 1).draw()).isPresent();
  }

  @Test
  void anotherSeedDrawsOtherClasses() {
    List<List<String>> candidates = List.of(classes(0, 26), classes(0, 26));

    assertThat(new ClassDraw(candidates, 5, 2, 1).draw())
        .isEqualTo(new ClassDraw(candidates, 5, 2, 1).draw())
        .isNotEqualTo(new ClassDraw(candidates, 5, 2, 2).draw());
  }
}
