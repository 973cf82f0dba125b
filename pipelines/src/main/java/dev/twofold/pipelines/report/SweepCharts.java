package dev.twofold.pipelines.report;

import dev.twofold.pipelines.plan.Leaves;
import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Accuracy, and what the whole network shares or masks, over the values of a swept number, a line
 * for each group and method: over MTAL's {@code threshold} it is the paper's Figure 9.
 */
final class SweepCharts {

  /** Fewer values make no line. */
  private static final int LEAST_VALUES = 2;

  private static final String ACCURACY = "accuracy, mean of tasks";

  private final ReportData data;
  private final Scores scores;
  private final Map<Group, Map<String, SortedMap<ShareName, List<List<Point>>>>> shares =
      new HashMap<>();

  /** Last word of a swept key → what is drawn → name of a line → value of the key → mean. */
  private final Map<String, Map<String, Map<String, SortedMap<Double, Spread>>>> sweeps =
      new LinkedHashMap<>();

  private SweepCharts(ReportData data) {
    this.data = data;
    this.scores = new Scores(data, TaskResult::accuracy);
    for (Group group : data.groups()) {
      shares.put(group, Shares.of(data, group));
      scores.variants().forEach(variant -> collect(group, variant));
    }
  }

  /**
   * A chart with what its colours mean.
   *
   * @param key last word of the swept key
   * @param lines of the accuracy by name, in the order of their colours
   * @param shares such lines by what they show, such as {@code sharing · non-twin}
   */
  record Sweep(
      String key, Map<String, BandedLine> lines, Map<String, Map<String, BandedLine>> shares) {

    /** Of the accuracy. */
    LineChart chart() {
      return chart(lines);
    }

    private LineChart chart(Map<String, BandedLine> drawn) {
      Palette palette = new Palette(lines.keySet());
      LineChart chart = LineChart.over(key, values());
      drawn.forEach((name, line) -> chart.add(line, palette.of(name), name));
      return chart;
    }

    private Set<Double> values() {
      return lines.values().stream()
          .flatMap(line -> line.places().stream())
          .map(BandedLine.Place::at)
          .collect(Collectors.toSet());
    }

    Page.ChartGroup view() {
      Palette palette = new Palette(lines.keySet());
      return new Page.ChartGroup(
          key,
          lines.keySet().stream()
              .map(name -> new Page.LegendEntry(name, palette.of(name).background()))
              .toList(),
          List.of(charts()));
    }

    private List<Page.Chart> charts() {
      List<Page.Chart> charts = new ArrayList<>();
      charts.add(chart().under(ACCURACY, List.of()));
      shares.forEach(
          (share, drawn) -> charts.add(chart(drawn).under(share + ", whole network", List.of())));
      return charts;
    }
  }

  /** One for each swept key that has numbers. */
  static List<Sweep> of(ReportData data) {
    return new SweepCharts(data)
        .sweeps.entrySet().stream()
            .map(sweep -> sweep(sweep.getKey(), sweep.getValue()))
            .filter(sweep -> !sweep.lines().isEmpty())
            .toList();
  }

  private static Sweep sweep(
      String key, Map<String, Map<String, SortedMap<Double, Spread>>> drawn) {
    Map<String, Map<String, BandedLine>> charts = new LinkedHashMap<>();
    drawn.forEach((what, values) -> charts.put(what, lines(values)));
    Map<String, BandedLine> accuracy = charts.remove(ACCURACY);
    charts.values().removeIf(Map::isEmpty);
    return new Sweep(key, accuracy, charts);
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
    if (accuracy.n() == 0) {
      return; // of another group, whose keys this one's charts do not tell apart
    }
    Map<String, Spread> drawn = new LinkedHashMap<>();
    drawn.put(ACCURACY, accuracy);
    shares
        .get(group)
        .getOrDefault(variant.name(), Collections.emptySortedMap())
        .forEach(
            (name, repeats) -> {
              if (name.wholeNetwork()) {
                drawn.put(name.title(), Shares.last(repeats));
              }
            });
    Map<String, Object> point = new TreeMap<>(variant.point());
    point.keySet().removeIf(key -> !speaksOf(key, group));
    point.forEach(
        (key, value) -> {
          if (value instanceof Number number) {
            Map<String, Object> rest = new TreeMap<>(point);
            rest.remove(key);
            String title = Leaves.shortKey(key, point.keySet());
            String line = group.name() + " · " + variant.at(rest).name();
            drawn.forEach((what, mean) -> put(title, what, line, number, mean));
          }
        });
  }

  private void put(String key, String what, String line, Number value, Spread mean) {
    sweeps
        .computeIfAbsent(key, k -> new LinkedHashMap<>())
        .computeIfAbsent(what, w -> new LinkedHashMap<>())
        .computeIfAbsent(line, n -> new TreeMap<>())
        .put(value.doubleValue(), mean);
  }

  /** A key below one group says nothing of the others. */
  private boolean speaksOf(String key, Group group) {
    return data.groups().stream()
        .filter(other -> !other.equals(group))
        .noneMatch(other -> key.startsWith("groups." + other.name() + "."));
  }
}
