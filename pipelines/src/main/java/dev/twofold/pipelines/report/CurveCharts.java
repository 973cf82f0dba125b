package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A group's curves of accuracy and loss: one chart a task, one line a method. */
final class CurveCharts {

  private static final List<String> FAMILIES = List.of("accuracy", "loss");

  private final Group group;
  private final Palette palette;
  private final Map<String, List<Trial>> byName = new LinkedHashMap<>();

  CurveCharts(ReportData data, Group group, Palette palette) {
    this.group = group;
    this.palette = palette;
    for (Trial trial : data.trials()) {
      if (trial.spec().group().equals(group.name())) {
        byName
            .computeIfAbsent(Variant.of(trial.spec()).name(), name -> new ArrayList<>())
            .add(trial);
      }
    }
  }

  /** The group's charts; nothing where no trial left a curve. */
  Stream<Page.ChartGroup> build() {
    List<List<Page.Chart>> rows = prefixes().stream().map(this::row).toList();
    return rows.isEmpty()
        ? Stream.empty()
        : Stream.of(new Page.ChartGroup(group.name(), legend(), rows));
  }

  /** What stands before a task's name: {@code accuracy}, {@code loss} and the like. */
  private List<String> prefixes() {
    TreeSet<String> prefixes = new TreeSet<>();
    for (List<Trial> trials : byName.values()) {
      for (Trial trial : trials) {
        for (String metric : trial.curves().byName().keySet()) {
          int slash = metric.lastIndexOf('/');
          if (slash > 0 && group.tasks().contains(metric.substring(slash + 1)) && scored(metric)) {
            prefixes.add(metric.substring(0, slash));
          }
        }
      }
    }
    return List.copyOf(prefixes);
  }

  private List<Page.Chart> row(String prefix) {
    return group.tasks().stream()
        .flatMap(task -> chart(prefix + "/" + task, task + " · " + prefix.replace('/', ' ')))
        .toList();
  }

  private static boolean scored(String metric) {
    return FAMILIES.contains(metric.substring(0, metric.indexOf('/')));
  }

  private Stream<Page.Chart> chart(String metric, String caption) {
    LineChart chart = new LineChart();
    frame(chart, metric);
    byName.forEach((name, trials) -> chart.add(line(trials, metric), palette.colour(name)));
    return chart.isEmpty()
        ? Stream.empty()
        : Stream.of(new Page.Chart(caption, chart.svg(), List.of()));
  }

  private static void frame(LineChart chart, String metric) {
    if (metric.startsWith("accuracy")) {
      chart.unitInterval();
    } else {
      chart.fromZero();
    }
  }

  static BandedLine line(List<Trial> trials, String metric) {
    return BandedLine.over(trials.stream().map(trial -> trial.curves().points(metric)).toList());
  }

  private List<Page.LegendEntry> legend() {
    return byName.keySet().stream()
        .map(name -> new Page.LegendEntry(name, palette.colour(name)))
        .toList();
  }

  /** Charts of a network that stands alone. */
  static List<Page.Chart> of(Curves curves) {
    List<Page.Chart> charts = new ArrayList<>();
    for (Map.Entry<String, List<Point>> curve : curves.byName().entrySet()) {
      String metric = curve.getKey();
      if (FAMILIES.contains(metric.split("/", 2)[0])) {
        LineChart chart = new LineChart();
        frame(chart, metric);
        chart.add(BandedLine.over(List.of(curve.getValue())), "#4477aa");
        if (!chart.isEmpty()) {
          charts.add(new Page.Chart(metric.replace("/", " · "), chart.svg(), List.of()));
        }
      }
    }
    return charts;
  }
}
