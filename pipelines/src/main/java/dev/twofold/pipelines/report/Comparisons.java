package dev.twofold.pipelines.report;

import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every method against each baseline from the same start, since the start separates results more
 * than the method does: {@link PairedTest} on each task and on the mean, {@link Holm} over the
 * methods of a column that one baseline, from one start, is compared with.
 */
final class Comparisons {

  /** What all formats say above the tables. */
  static final String METHOD =
      "Mean difference of accuracy over the repeats that both finished; p of a paired t test with"
          + " the correction for resampled splits (Nadeau and Bengio), two-sided, corrected over"
          + " the methods of a column that one baseline is compared with (Holm). Bold: p < .05.";

  /** {@link #METHOD}, and the tasks for which it says less. */
  static String method(ReportData data) {
    String fixed =
        data.tasks().stream()
            .filter(task -> !task.resampled())
            .map(task -> task.group() + " · " + task.task())
            .collect(Collectors.joining(", "));
    String method =
        data.auxiliaries().size() != 1
            ? METHOD
            : METHOD
                + " All repeats have one auxiliary network: what another pre-training would give is"
                + " in no deviation.";
    return fixed.isEmpty()
        ? method
        : method
            + " Every repeat tests on the same images of %s: there p speaks of seeds alone."
                .formatted(fixed);
  }

  private static final List<String> BASELINES = List.of("single-task", "multi-task");

  private final ReportData data;
  private final Scores scores;
  private final List<Column> columns;

  private Comparisons(ReportData data) {
    this.data = data;
    this.scores = new Scores(data, TaskResult::accuracy);
    this.columns = columns(data);
  }

  /**
   * Methods against one baseline.
   *
   * @param baseline registered name
   * @param unlike what else than the method differs, with the methods in which it does: what all
   *     formats say below the table; empty where nothing does
   */
  record Against(String baseline, List<Column> columns, List<Row> rows, String unlike) {

    String title() {
      return "Against %s from the same start".formatted(baseline);
    }
  }

  /**
   * One method against its baseline.
   *
   * @param baseline that has the method's start
   * @param cells one a column
   */
  record Row(Variant variant, Variant baseline, List<Cell> cells) {}

  /**
   * One test.
   *
   * @param adjusted p, corrected over the methods of the column
   */
  record Cell(PairedTest test, double adjusted) {

    boolean isSignificant() {
      return adjusted < PairedTest.LEVEL;
    }

    /** {@code +0.013}, or a dash where no repeat is common. */
    String difference() {
      return test.differences().n() == 0 ? "–" : Signed.text(test.differences().mean());
    }

    /** {@code +0.013 (p = .075)}. */
    String text() {
      return p().isEmpty() ? difference() : "%s (%s)".formatted(difference(), p());
    }

    /** {@code p = .075}; empty where nothing can be tested. */
    String p() {
      if (Double.isNaN(adjusted)) {
        return "";
      }
      return adjusted < .001
          ? "p < .001"
          : "p = " + String.format(Locale.ROOT, "%.3f", adjusted).replaceFirst("^0", "");
    }
  }

  /** A table a baseline, where some method can be compared with it. */
  static List<Against> of(ReportData data) {
    Comparisons comparisons = new Comparisons(data);
    return BASELINES.stream().flatMap(baseline -> comparisons.against(baseline).stream()).toList();
  }

  /** The tasks, and the mean of all. */
  private static List<Column> columns(ReportData data) {
    List<Column> all = Column.of(data);
    List<Column> columns = new ArrayList<>(all.stream().filter(Column::isTask).toList());
    if (columns.size() > 1) {
      columns.add(all.get(all.size() - 1));
    }
    return columns;
  }

  private Optional<Against> against(String baseline) {
    Map<Variant, Variant> pairs = new LinkedHashMap<>();
    for (Variant variant : scores.variants()) {
      if (!BASELINES.subList(0, BASELINES.indexOf(baseline) + 1).contains(variant.method())) {
        baseline(variant, baseline).ifPresent(found -> pairs.put(variant, found));
      }
    }
    return pairs.isEmpty()
        ? Optional.empty()
        : Optional.of(new Against(baseline, columns, rows(pairs), unlike(pairs)));
  }

  private String unlike(Map<Variant, Variant> pairs) {
    Map<String, List<String>> methods = new LinkedHashMap<>();
    pairs.forEach(
        (variant, baseline) ->
            unlike(variant, baseline)
                .forEach(
                    what ->
                        methods.computeIfAbsent(what, w -> new ArrayList<>()).add(variant.name())));
    return methods.isEmpty()
        ? ""
        : methods.entrySet().stream()
            .map(each -> "%s (%s)".formatted(each.getKey(), String.join(", ", each.getValue())))
            .collect(Collectors.joining("; ", "Not as the baseline had it: ", "."));
  }

  private Set<String> unlike(Variant variant, Variant baseline) {
    Set<String> unlike = new LinkedHashSet<>();
    for (Trial ours : scores.trials(variant)) {
      scores.trials(baseline).stream()
          .filter(theirs -> theirs.spec().group().equals(ours.spec().group()))
          .forEach(theirs -> unlike.addAll(ours.conditions().unlike(theirs.conditions())));
    }
    return unlike;
  }

  /**
   * The method of this name that starts where the variant starts, at its point of the sweep; of
   * several the one that is least unlike it.
   */
  private Optional<Variant> baseline(Variant variant, String method) {
    return scores.variants().stream()
        .filter(candidate -> candidate.method().equals(method))
        .filter(candidate -> start(candidate).equals(start(variant)))
        .filter(candidate -> variant.point().entrySet().containsAll(candidate.point().entrySet()))
        .min(Comparator.comparingInt(candidate -> unlike(variant, candidate).size()));
  }

  private String start(Variant variant) {
    return scores.trials(variant).get(0).conditions().start();
  }

  private List<Row> rows(Map<Variant, Variant> pairs) {
    List<List<Cell>> byColumn = columns.stream().map(column -> cells(pairs, column)).toList();
    List<Row> rows = new ArrayList<>();
    pairs.forEach(
        (variant, baseline) -> {
          int row = rows.size();
          rows.add(
              new Row(variant, baseline, byColumn.stream().map(cells -> cells.get(row)).toList()));
        });
    return rows;
  }

  private List<Cell> cells(Map<Variant, Variant> pairs, Column column) {
    Map<Variant, PairedTest> tests = new LinkedHashMap<>();
    pairs.forEach((variant, baseline) -> tests.put(variant, test(variant, baseline, column)));
    Map<Variant, List<Variant>> families =
        pairs.keySet().stream().collect(Collectors.groupingBy(pairs::get));
    Map<Variant, Double> adjusted = new HashMap<>();
    for (List<Variant> family : families.values()) {
      List<Double> p = Holm.adjust(family.stream().map(each -> tests.get(each).p()).toList());
      for (int i = 0; i < p.size(); i++) {
        adjusted.put(family.get(i), p.get(i));
      }
    }
    return pairs.keySet().stream()
        .map(variant -> new Cell(tests.get(variant), adjusted.get(variant)))
        .toList();
  }

  private PairedTest test(Variant variant, Variant baseline, Column column) {
    Map<Integer, Double> ours = scores.byRepeat(variant, column);
    Map<Integer, Double> theirs = scores.byRepeat(baseline, column);
    List<Double> differences =
        ours.keySet().stream()
            .filter(theirs::containsKey)
            .map(repeat -> ours.get(repeat) - theirs.get(repeat))
            .toList();
    return PairedTest.of(differences, testToTrain(variant, column));
  }

  /** Of all tasks that the column is a mean of; NaN where the size of one is unknown. */
  private double testToTrain(Variant variant, Column column) {
    List<Optional<Sides>> known =
        tasks(column).map(task -> data.sides(variant.point(), key(task))).toList();
    if (known.contains(Optional.<Sides>empty())) {
      return Double.NaN;
    }
    List<Sides> sides = known.stream().flatMap(Optional::stream).toList();
    return sides.stream().mapToDouble(Sides::test).sum()
        / sides.stream().mapToDouble(Sides::train).sum();
  }

  private static String key(Column task) {
    return PaperSettings.taskOf(task.group(), task.task());
  }

  private Stream<Column> tasks(Column column) {
    if (column.isTask()) {
      return Stream.of(column);
    }
    return data.groups().stream()
        .filter(group -> column.group().isEmpty() || column.group().equals(group.name()))
        .flatMap(Comparisons::tasks);
  }

  private static Stream<Column> tasks(Group group) {
    return group.tasks().stream().map(task -> new Column(group.name(), task));
  }

  /** What the repeats at hand can show. */
  static String remark(List<Against> tables) {
    List<PairedTest> tests =
        tables.stream()
            .flatMap(table -> table.rows().stream())
            .flatMap(row -> row.cells().stream())
            .map(Cell::test)
            .filter(test -> !Double.isNaN(test.smallest()))
            .toList();
    if (tests.isEmpty()) {
      return "With fewer than two repeats that both finished, nothing can be tested.";
    }
    int repeats = tests.stream().mapToInt(test -> test.differences().n()).max().orElseThrow();
    double points = 100 * median(tests.stream().map(PairedTest::smallest).sorted().toList());
    return String.format(
        Locale.ROOT,
        "%d repeats show differences of about %.1f points, no less: in half of these tests a"
            + " smaller one would have p > .05, even before Holm's correction.",
        repeats,
        points);
  }

  private static double median(List<Double> ascending) {
    int n = ascending.size();
    return (ascending.get((n - 1) / 2) + ascending.get(n / 2)) / 2;
  }
}
