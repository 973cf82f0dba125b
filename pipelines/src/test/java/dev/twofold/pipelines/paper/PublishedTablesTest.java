package dev.twofold.pipelines.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishedTablesTest {

  @Test
  void holdsTheNumbersOfThePapers() {
    PublishedTable overlapping = PublishedTables.find("DAMTL Table 4").orElseThrow();
    PublishedTable disjoint = PublishedTables.find("DAMTL Table 5").orElseThrow();

    assertThat(overlapping.score("DAMTL", "Product")).contains(new PublishedScore(.74, .052));
    assertThat(overlapping.score("Single-task", "Caltech-101"))
        .contains(new PublishedScore(.76, .037));
    assertThat(overlapping.score("DAMTL_Fa", "Dslr").orElseThrow().text())
        .isEqualTo("0.63 ± 0.049");
    assertThat(disjoint.score("NDDR-CNN", "Tiny ImageNet")).contains(new PublishedScore(.46, .461));
    assertThat(disjoint.score("MTAL", "Product")).isEmpty();
    assertThat(disjoint.score("MTDA", "Art")).isEmpty();
    assertThat(List.of(overlapping.rows().size(), disjoint.rows().size())).containsExactly(7, 7);
  }

  @Test
  void namesTablesWhoseNumbersAreNotAtHand() {
    assertThat(PublishedTables.names())
        .containsExactly(
            "DAMTL Table 4",
            "DAMTL Table 6",
            "DAMTL Table 5",
            "DAMTL Table 7",
            "MTAL Table 2",
            "MTAL Table 3",
            "MTAL Table 4",
            "MTAL Table 5",
            "MTAL Table 6");
    assertThat(PublishedTables.find("MTAL Table 4").orElseThrow().rows()).isEmpty();
  }

  @Test
  void refusesARowThatIsNotWhole() {
    assertThatThrownBy(
            () ->
                new PublishedTable(
                    "Table 9", List.of("a", "b"), Map.of("x", List.of(new PublishedScore(.5, .1)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid row x of Table 9: 1 scores (must be one for each of [a, b])");
  }
}
