package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A group's curves of accuracy and loss: one chart a task, one line a method.
 *
 * <p>They run over steps where every method trains for a number of them: an epoch is as long as the
 * images that a method's units see, and longer for tasks that are trained together. The epochs of a
 * training are drawn equally long, also the last, which may be cut. Methods in closed form have
 * passes, and charts of their own, and so have those of which nothing has finished.
 */
final class CurveCharts {

  private static final List<String> FAMILIES = List.of("accuracy", "loss");
  private static final Pattern STEPS = Pattern.compile("(\\d+) steps");

  private final Group group;
  private final Palette palette;
  private final Map<String, List<Trial>> byName;

  CurveCharts(ReportData data, Group group, Palette palette) {
    this.group = group;
    this.palette = palette;
    this.byName =
        data.trialsOf(group.name())
            .collect(
                Collectors.groupingBy(
                    trial -> Variant.of(trial.spec()).name(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    byName.replaceAll((name, trials) -> drawn(trials));
  }

  /** Those that finished; where none did, what there is tells how they fare or failed. */
  private static List<Trial> drawn(List<Trial> trials) {
    List<Trial> finished = trials.stream().filter(CurveCharts::isFinished).toList();
    return finished.isEmpty() ? trials : finished;
  }

  private static boolean isFinished(Trial trial) {
    return trial.status() == Status.FINISHED;
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
    return captioned(prefix).map(each -> each.chart().under(each.caption(), List.of())).toList();
  }

  /** A chart below what it is of. */
  record Captioned(String caption, LineChart chart) {}

  /** The group's charts, as pictures that stand alone. */
  Stream<Captioned> charts() {
    return prefixes().stream().flatMap(this::captioned);
  }

  private Stream<Captioned> captioned(String prefix) {
    return group.tasks().stream()
        .flatMap(task -> charts(prefix + "/" + task, task + " · " + prefix.replace('/', ' ')));
  }

  private static boolean scored(String metric) {
    return FAMILIES.contains(metric.substring(0, metric.indexOf('/')));
  }

  private Stream<Captioned> charts(String metric, String caption) {
    return Arrays.stream(Kind.values())
        .map(kind -> drawn(metric, kind))
        .filter(drawn -> !drawn.lines().isEmpty())
        .flatMap(drawn -> chart(drawn, metric, caption));
  }

  /** What a chart holds: lines by method, over what. */
  record Drawn(Kind kind, String unit, Map<String, BandedLine> lines) {}

  /** Methods that have a chart in common. */
  enum Kind {
    TRAINED(""),
    CLOSED_FORM(", in closed form"),
    UNFINISHED(", unfinished");

    private final String caption;

    Kind(String caption) {
      this.caption = caption;
    }

    private static Kind of(List<Trial> trials) {
      if (!isFinished(trials.get(0))) {
        return UNFINISHED;
      }
      return trials.get(0).conditions().length().isEmpty() ? CLOSED_FORM : TRAINED;
    }
  }

  Drawn drawn(String metric, Kind kind) {
    Map<String, List<Trial>> having = new LinkedHashMap<>(byName);
    having
        .values()
        .removeIf(
            trials ->
                Kind.of(trials) != kind
                    || trials.stream().allMatch(trial -> points(trial, metric).isEmpty()));
    boolean overSteps =
        kind == Kind.TRAINED
            && having.values().stream().allMatch(trials -> steps(trials).isPresent());
    Map<String, BandedLine> lines = new LinkedHashMap<>();
    having.forEach((name, trials) -> lines.put(name, line(trials, metric, kind, overSteps)));
    String unit = kind == Kind.CLOSED_FORM ? "pass" : "epoch";
    return new Drawn(kind, overSteps ? "step" : unit, lines);
  }

  private Stream<Captioned> chart(Drawn drawn, String metric, String caption) {
    LineChart chart = new LineChart(drawn.unit());
    drawn.lines().forEach((name, line) -> chart.add(line, palette.of(name), name));
    return chart(chart, metric, caption + drawn.kind().caption);
  }

  private static Stream<Captioned> chart(LineChart chart, String metric, String caption) {
    if (chart.isEmpty()) {
      return Stream.empty();
    }
    frame(chart, metric);
    return Stream.of(new Captioned(caption, chart));
  }

  private static void frame(LineChart chart, String metric) {
    if (metric.startsWith("accuracy")) {
      chart.unitInterval();
    } else {
      chart.fromZero();
    }
  }

  private static List<Point> points(Trial trial, String metric) {
    return trial.curves().points(metric);
  }

  /** Of a training; empty where it is counted in epochs. */
  private static OptionalInt steps(List<Trial> trials) {
    Matcher steps = STEPS.matcher(trials.get(0).conditions().length());
    return steps.matches() ? OptionalInt.of(Integer.parseInt(steps.group(1))) : OptionalInt.empty();
  }

  private static BandedLine line(List<Trial> trials, String metric, Kind kind, boolean overSteps) {
    List<List<Point>> repeats = trials.stream().map(trial -> points(trial, metric)).toList();
    BandedLine line =
        kind == Kind.UNFINISHED ? BandedLine.over(repeats) : BandedLine.whole(repeats);
    return overSteps ? line.scaled(steps(trials).orElseThrow() / line.end()) : line;
  }

  private List<Page.LegendEntry> legend() {
    return byName.keySet().stream()
        .map(name -> new Page.LegendEntry(name, palette.of(name).background()))
        .toList();
  }

  /** Charts of a network that stands alone. */
  static List<Page.Chart> of(Curves curves) {
    List<Page.Chart> charts = new ArrayList<>();
    for (Map.Entry<String, List<Point>> curve : curves.byName().entrySet()) {
      String metric = curve.getKey();
      if (FAMILIES.contains(metric.split("/", 2)[0])) {
        LineChart chart = new LineChart();
        chart.add(BandedLine.over(List.of(curve.getValue())), Ink.solid("#4477aa"), metric);
        chart(chart, metric, metric.replace("/", " · "))
            .forEach(each -> charts.add(each.chart().under(each.caption(), List.of())));
      }
    }
    return charts;
  }
}
