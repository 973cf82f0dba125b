package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Comparisons.Against;
import dev.twofold.pipelines.report.Comparisons.Cell;
import dev.twofold.pipelines.report.Comparisons.Row;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Median;

/** How small a difference the repeats at hand can show. */
final class SmallestDifference {
  private SmallestDifference() {}

  /** What all formats say above the tables of paired tests. */
  static String remark(List<Against> tables) {
    List<PairedTest> all =
        tables.stream()
            .flatMap(table -> table.rows().stream())
            .flatMap(row -> row.cells().stream())
            .map(Cell::test)
            .toList();
    List<PairedTest> tests = all.stream().filter(test -> !Double.isNaN(test.smallest())).toList();
    if (all.stream().allMatch(test -> test.differences().n() < 2)) {
      return "With fewer than two repeats that both finished, nothing can be tested.";
    }
    if (tests.isEmpty()) {
      return "How small a difference these repeats can show is unknown: the differences do"
          + " not vary from repeat to repeat, or the tasks' numbers of images are not known.";
    }
    int repeats = tests.stream().mapToInt(test -> test.differences().n()).max().orElseThrow();
    List<Column> columns = tables.get(0).columns();
    String means = columns.get(columns.size() - 1).title();
    return Stream.of(
            points(tables, repeats, true).map(points -> points + " on a single task"),
            points(tables, repeats, false).map(points -> points + " on the " + means))
        .flatMap(Optional::stream)
        .collect(
            Collectors.joining(
                ", and from ",
                "With %d repeats a difference has p < .05, before Holm's correction, from "
                    .formatted(repeats),
                "."));
  }

  /** {@code about 4.1 points (1.2 to 6.0, by test)}; empty where no such test can be made. */
  private static Optional<String> points(List<Against> tables, int repeats, boolean ofTasks) {
    List<Double> points =
        tables.stream()
            .flatMap(table -> table.rows().stream().flatMap(row -> tests(table, row, ofTasks)))
            .filter(test -> test.differences().n() == repeats)
            .map(test -> 100 * test.smallest())
            .filter(smallest -> !smallest.isNaN())
            .sorted()
            .toList();
    if (points.isEmpty()) {
      return Optional.empty();
    }
    double median =
        Median.withDefaults().evaluate(points.stream().mapToDouble(each -> each).toArray());
    String least = decimal(points.get(0));
    String most = decimal(points.get(points.size() - 1));
    String about = "about %s points".formatted(decimal(median));
    return Optional.of(
        least.equals(most) ? about : "%s (%s to %s, by test)".formatted(about, least, most));
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static Stream<PairedTest> tests(Against table, Row row, boolean ofTasks) {
    return IntStream.range(0, table.columns().size())
        .filter(i -> table.columns().get(i).isTask() == ofTasks)
        .mapToObj(i -> row.cells().get(i).test());
  }
}
