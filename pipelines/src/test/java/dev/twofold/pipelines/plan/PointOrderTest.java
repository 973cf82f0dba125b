package dev.twofold.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PointOrderTest {

  @Test
  void numbersAreInTheOrderOfTheirValues() {
    assertThat(sorted(10, .3, 1e-5, 9, .03, .1)).containsExactly(1e-5, .03, .1, .3, 9, 10);
  }

  @Test
  void textFollowsNumbers() {
    assertThat(sorted("scratch", 10, "auxiliary", 9))
        .containsExactly(9, 10, "auxiliary", "scratch");
  }

  @Test
  void theSecondKeyOrdersWhatTheFirstLeaves() {
    assertThat(
            Stream.of(
                    Map.<String, Object>of("a", 2, "b", 1),
                    Map.<String, Object>of("a", 1, "b", 10),
                    Map.<String, Object>of("a", 1, "b", 9))
                .sorted(new PointOrder()))
        .containsExactly(Map.of("a", 1, "b", 9), Map.of("a", 1, "b", 10), Map.of("a", 2, "b", 1));
  }

  private static List<Object> sorted(Object... values) {
    return Arrays.stream(values)
        .map(value -> Map.of("methods.damtl.lambda1", value))
        .sorted(new PointOrder())
        .map(point -> point.get("methods.damtl.lambda1"))
        .toList();
  }
}
