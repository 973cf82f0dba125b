package dev.twofold.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeavesTest {

  @Test
  void numbersAreWrittenAsPeopleWriteThem() {
    assertThat(List.of(5.0, 0.0005, -0.25, 0.0, 1e-9, 1e15, 100000.0).stream().map(Leaves::text))
        .containsExactly("5", "0.0005", "-0.25", "0", "1.0E-9", "1.0E15", "100000");
    assertThat(Leaves.text(List.of(1.0, 7, "M"))).isEqualTo("1, 7, M");
    assertThat(Leaves.text(List.of(List.of("a", "b"), List.of("c")))).isEqualTo("[a, b], [c]");
  }

  @Test
  void nestedSettingsAreNamedByTheirPath() {
    assertThat(
            Leaves.of(
                Map.of(
                    "training", Map.of("learningRate", 0.02),
                    "tasks", List.of(Map.of("classes", List.of("a", "b"))))))
        .isEqualTo(Map.of("training.learningRate", "0.02", "tasks[0].classes", "a, b"));
  }

  @Test
  void sweptKeysAreShortWhereNoOtherEndsAlike() {
    assertThat(Leaves.ofPoint(Map.of("b.rate", 0.5, "a.rate", 1, "training.steps", 5.0)))
        .containsExactly("a.rate 1", "b.rate 0.5", "steps 5");
    assertThat(Leaves.ofPoint(Map.of())).isEmpty();
  }

  @Test
  void ofLongValuesADifferenceShowsWhatDiffers() {
    String many = String.join(", ", Collections.nCopies(100, "a class"));
    assertThat(new Leaves.Difference("classes", many + ", cup, " + many, many + ", mug, " + many))
        .asString()
        .hasSizeLessThan(150)
        .containsPattern("^classes ….*, cup, .*… → ….*, mug, .*…$");
    assertThat(new Leaves.Difference("training.steps", "200", null))
        .hasToString("training.steps 200 → none");
  }
}
