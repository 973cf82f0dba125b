package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Group;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Median;

/**
 * How long trials trained: a row a method of a group. Loads vary, so that a trial that had to wait
 * moves the mean; it hardly moves the median.
 */
record TimeTable(List<Row> rows) {

  static final List<String> HEADS = List.of("group", "method", "trials", "median", "mean ± sd");

  /** How many of these, the first ones, are above words. */
  static final int TEXTS = 2;

  static final String UNIT = "minutes a trial";

  /** What all formats say below the table. */
  static final String REMARK =
      "Wall-clock time of each trial's training on the machine and under the load it had; a network"
          + " that several trials share counts in each; pre-training not included.";

  /**
   * One method of a group.
   *
   * @param minutes of its trials that finished
   */
  record Row(String group, String method, double median, Spread minutes) {

    /** Cells as they are printed, below {@link #HEADS}. */
    List<String> texts() {
      return List.of(group, method, "" + minutes.n(), decimals(median), mean());
    }

    /** {@code 4.74 ± 2.93}. */
    String mean() {
      String mean = decimals(minutes.mean());
      return minutes.n() < 2 ? mean : mean + " ± " + decimals(minutes.deviation());
    }

    private static String decimals(double value) {
      return String.format(Locale.ROOT, "%.2f", value);
    }
  }

  /** Group by group; of methods of which a trial finished. */
  static TimeTable of(ReportData data) {
    return new TimeTable(data.groups().stream().flatMap(group -> rows(data, group)).toList());
  }

  private static Stream<Row> rows(ReportData data, Group group) {
    Map<String, List<Double>> minutes =
        data.trialsOf(group.name())
            .filter(trial -> trial.result().isPresent())
            .collect(
                Collectors.groupingBy(
                    trial -> Variant.of(trial.spec()).name(),
                    LinkedHashMap::new,
                    Collectors.mapping(
                        trial -> trial.evaluated().trainingSeconds() / 60, Collectors.toList())));
    return minutes.entrySet().stream()
        .map(
            method ->
                new Row(
                    group.name(),
                    method.getKey(),
                    median(method.getValue()),
                    Spread.of(method.getValue())));
  }

  private static double median(List<Double> values) {
    return Median.withDefaults().evaluate(values.stream().mapToDouble(each -> each).toArray());
  }
}
