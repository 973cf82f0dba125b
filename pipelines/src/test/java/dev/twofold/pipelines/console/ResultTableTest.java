package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Reports;
import dev.twofold.pipelines.report.Spread;
import dev.twofold.pipelines.report.Summary;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultTableTest {

  @Test
  void alignsMeansAndStarsTheBest() {
    Summary summary =
        Summary.of(
            Reports.of(
                List.of(
                    Reports.finished("single-task", 1, .5, .9),
                    Reports.finished("mtal", 1, .7, .9),
                    Reports.finished("mtal", 2, .8, .8))));

    // Deviations: .05 · sqrt(2) = .0707 for both tasks; the trials' means .8 and .8 do not deviate.
    assertThat(ResultTable.of(summary))
        .isEqualTo(
            """
            office
            ┌─────────────┬─────────┬─────────────────┬─────────────────┬─────────────────┐
            │ method      │ repeats │          amazon │          webcam │   mean of tasks │
            ├─────────────┼─────────┼─────────────────┼─────────────────┼─────────────────┤
            │ single-task │       1 │         0.500   │         0.900 * │         0.700   │
            │ mtal        │       2 │ 0.750 ± 0.071 * │ 0.850 ± 0.071   │ 0.800 ± 0.000 * │
            └─────────────┴─────────┴─────────────────┴─────────────────┴─────────────────┘
            """);
  }

  @Test
  void neverExceedsAHundredColumns() {
    List<String> tasks = IntStream.range(0, 9).mapToObj(i -> "a task of some length " + i).toList();
    List<Spread> scores = IntStream.range(0, 10).mapToObj(i -> new Spread(3, .5, .01)).toList();
    Summary.Row row = new Summary.Row("x".repeat(90), "mtal", 3, 3, scores);

    String text = ResultTable.of(new Summary(List.of(new Summary.Table("g", tasks, List.of(row)))));

    assertThat(text.lines()).allMatch(line -> line.length() <= 100);
    assertThat(text).contains("a task of some length 0", "a task of some length 8", "x…");
  }
}
