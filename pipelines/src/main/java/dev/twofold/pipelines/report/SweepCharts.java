package dev.twofold.pipelines.report;

import dev.twofold.pipelines.plan.Leaves;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Accuracy over the values of a swept number, a line for each group and method: over MTAL's {@code
 * threshold} it is the paper's Figure 9.
 */
final class SweepCharts {

  /** Fewer values make no line. */
  private static final int LEAST_VALUES = 2;

  private final ReportData data;
  private final Scores scores;

  /** Last word of a swept key → name of a line → value → accuracy. */
  private final Map<String, Map<String, SortedMap<Double, Spread>>> sweeps = new LinkedHashMap<>();

  private SweepCharts(ReportData data) {
    this.data = data;
    this.scores = new Scores(data, TaskResult::accuracy);
    for (Group group : data.groups()) {
      scores.variants().forEach(variant -> collect(group, variant));
    }
  }

  /**
   * A chart with what its colours mean.
   *
   * @param key last word of the swept key
   * @param lines by name, in the order of their colours
   */
  record Sweep(String key, Map<String, BandedLine> lines) {

    LineChart chart() {
      Palette palette = new Palette(lines.keySet());
      LineChart chart = LineChart.over(key);
      lines.forEach((name, line) -> chart.add(line, palette.colour(name), name));
      return chart;
    }

    Page.ChartGroup view() {
      Palette palette = new Palette(lines.keySet());
      return new Page.ChartGroup(
          key,
          lines.keySet().stream()
              .map(name -> new Page.LegendEntry(name, palette.colour(name)))
              .toList(),
          List.of(List.of(new Page.Chart("accuracy, mean of tasks", chart().svg(), List.of()))));
    }
  }

  /** One for each swept key that has numbers. */
  static List<Sweep> of(ReportData data) {
    return new SweepCharts(data)
        .sweeps.entrySet().stream()
            .map(sweep -> new Sweep(sweep.getKey(), lines(sweep.getValue())))
            .filter(sweep -> !sweep.lines().isEmpty())
            .toList();
  }

  private static Map<String, BandedLine> lines(Map<String, SortedMap<Double, Spread>> values) {
    Map<String, BandedLine> lines = new LinkedHashMap<>();
    values.forEach(
        (name, spreads) -> {
          BandedLine line = BandedLine.through(spreads);
          if (line.places().size() >= LEAST_VALUES) {
            lines.put(name, line);
          }
        });
    return lines;
  }

  private void collect(Group group, Variant variant) {
    Spread accuracy = scores.spread(variant, new Column(group.name(), ""));
    variant
        .point()
        .forEach(
            (key, value) -> {
              if (value instanceof Number number && speaksOf(key, group)) {
                sweeps
                    .computeIfAbsent(Leaves.lastKey(key), k -> new LinkedHashMap<>())
                    .computeIfAbsent(
                        name(group, variant, Leaves.lastKey(key)), n -> new TreeMap<>())
                    .put(number.doubleValue(), accuracy);
              }
            });
  }

  /** A key below one group says nothing of the others. */
  private boolean speaksOf(String key, Group group) {
    return data.groups().stream()
        .filter(other -> !other.equals(group))
        .noneMatch(other -> key.startsWith("groups." + other.name() + "."));
  }

  /** Group, method, and what else is swept. */
  private static String name(Group group, Variant variant, String swept) {
    Map<String, Object> rest = new TreeMap<>(variant.point());
    rest.keySet().removeIf(key -> Leaves.lastKey(key).equals(swept));
    return group.name() + " · " + new Variant(variant.label(), variant.method(), rest).name();
  }
}
