package dev.twofold.pipelines.report;

import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.ReportData.Conditions;
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
          + " the methods of a column that one baseline is compared with (Holm). Bold: p < .05 over"
          + " ten repeats or more; fewer claim nothing. A dash: no repeat of both finished, or in"
          + " that group no baseline has the method's start; a difference without p: all repeats"
          + " differ alike.";

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
            + " Every repeat tests on the same images of %s: there no split".formatted(fixed)
            + " is resampled, so that p is the plain test's and speaks of seeds alone.";
  }

  /** Repeats from which on significance is claimed. */
  private static final int CLAIMING = 10;

  private static final List<String> BASELINES = List.of("single-task", "multi-task");

  private final ReportData data;
  private final Scores scores;
  private final List<Column> columns;
  private final List<String> groups;

  private Comparisons(ReportData data) {
    this.data = data;
    this.scores = new Scores(data, TaskResult::accuracy);
    this.columns = columns(data);
    this.groups = data.groups().stream().map(Group::name).toList();
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
   * @param baselines that have the method's start, by group; none of a group without one
   * @param cells one a column
   */
  record Row(Variant variant, Map<String, Variant> baselines, List<Cell> cells) {

    /** What the method is compared with; where groups differ in it, with their names. */
    String against() {
      List<Variant> different = baselines.values().stream().distinct().toList();
      return different.size() == 1
          ? different.get(0).name()
          : baselines.entrySet().stream()
              .map(of -> "%s in %s".formatted(of.getValue().name(), of.getKey()))
              .collect(Collectors.joining(", "));
    }

    /** What it is compared with in a column; empty in a group without a baseline. */
    String against(Column column) {
      return column.group().isEmpty()
          ? against()
          : Optional.ofNullable(baselines.get(column.group())).map(Variant::name).orElse("");
    }
  }

  /**
   * One test.
   *
   * @param adjusted p, corrected over the methods of the column
   */
  record Cell(PairedTest test, double adjusted) {

    /** Fewer repeats claim nothing: a signed-rank test of five cannot go below p = .06. */
    boolean isSignificant() {
      return adjusted < PairedTest.LEVEL && test.differences().n() >= CLAIMING;
    }

    /** {@code +0.013}, or a dash where there is nothing to compare. */
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
    Map<Variant, Map<String, Variant>> pairs = new LinkedHashMap<>();
    for (Variant variant : scores.variants()) {
      if (!BASELINES.subList(0, BASELINES.indexOf(baseline) + 1).contains(variant.method())) {
        Map<String, Variant> found = baselines(variant, baseline);
        if (!found.isEmpty()) {
          pairs.put(variant, found);
        }
      }
    }
    return pairs.isEmpty()
        ? Optional.empty()
        : Optional.of(new Against(baseline, columns, rows(pairs), unlike(pairs)));
  }

  private String unlike(Map<Variant, Map<String, Variant>> pairs) {
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    pairs.forEach(
        (variant, baselines) ->
            baselines.forEach(
                (group, baseline) ->
                    unlike(variant, baseline, group)
                        .forEach(
                            what ->
                                methods
                                    .computeIfAbsent(what, w -> new LinkedHashSet<>())
                                    .add(variant.name()))));
    return methods.isEmpty()
        ? ""
        : methods.entrySet().stream()
            .map(each -> "%s (%s)".formatted(each.getKey(), String.join(", ", each.getValue())))
            .collect(Collectors.joining("; ", "Not as the baseline had it: ", "."));
  }

  private List<String> unlike(Variant variant, Variant baseline, String group) {
    return conditions(variant, group)
        .flatMap(ours -> conditions(baseline, group).map(ours::unlike))
        .orElse(List.of());
  }

  /** In each group, since a method may start otherwise in another. */
  private Map<String, Variant> baselines(Variant variant, String method) {
    Map<String, Variant> baselines = new LinkedHashMap<>();
    for (String group : groups) {
      baseline(variant, method, group).ifPresent(found -> baselines.put(group, found));
    }
    return baselines;
  }

  /**
   * The method of this name that starts where the variant starts in the group, at its point of the
   * sweep; of several the one that is least unlike it.
   */
  private Optional<Variant> baseline(Variant variant, String method, String group) {
    return scores.variants().stream()
        .filter(candidate -> candidate.method().equals(method))
        .filter(candidate -> startAlike(candidate, variant, group))
        .filter(candidate -> variant.point().entrySet().containsAll(candidate.point().entrySet()))
        .min(Comparator.comparingInt(candidate -> unlike(variant, candidate, group).size()));
  }

  private boolean startAlike(Variant candidate, Variant variant, String group) {
    return conditions(candidate, group)
        .flatMap(theirs -> conditions(variant, group).map(theirs::startLike))
        .orElse(false);
  }

  /** Of all repeats; empty where a point of the sweep is none of the group. */
  private Optional<Conditions> conditions(Variant variant, String group) {
    return scores.trials(variant).stream()
        .filter(trial -> trial.isOf(group))
        .map(Trial::conditions)
        .findFirst();
  }

  private List<Row> rows(Map<Variant, Map<String, Variant>> pairs) {
    List<List<Cell>> byColumn = columns.stream().map(column -> cells(pairs, column)).toList();
    List<Row> rows = new ArrayList<>();
    pairs.forEach(
        (variant, baselines) -> {
          int row = rows.size();
          rows.add(
              new Row(variant, baselines, byColumn.stream().map(cells -> cells.get(row)).toList()));
        });
    return rows;
  }

  private List<Cell> cells(Map<Variant, Map<String, Variant>> pairs, Column column) {
    Map<Variant, List<Variant>> opponents = new LinkedHashMap<>();
    pairs.forEach((variant, baselines) -> opponents.put(variant, opponents(baselines, column)));
    Map<Variant, PairedTest> tests = new LinkedHashMap<>();
    opponents.forEach((variant, of) -> tests.put(variant, test(variant, of, column)));
    Map<List<Variant>, List<Variant>> families =
        pairs.keySet().stream().collect(Collectors.groupingBy(opponents::get));
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

  /** The baseline of a column's group, of a mean of groups one a group; none where one lacks it. */
  private List<Variant> opponents(Map<String, Variant> baselines, Column column) {
    List<String> needed = column.group().isEmpty() ? groups : List.of(column.group());
    return baselines.keySet().containsAll(needed)
        ? needed.stream().map(baselines::get).toList()
        : List.of();
  }

  private PairedTest test(Variant variant, List<Variant> opponents, Column column) {
    Map<Integer, Double> ours = scores.byRepeat(variant, column);
    Map<Integer, Double> theirs = theirs(opponents, column);
    List<Double> differences =
        ours.keySet().stream()
            .filter(theirs::containsKey)
            .map(repeat -> ours.get(repeat) - theirs.get(repeat))
            .toList();
    return PairedTest.of(differences, testToTrain(variant, column));
  }

  private Map<Integer, Double> theirs(List<Variant> opponents, Column column) {
    if (opponents.isEmpty()) {
      return Map.of();
    }
    return column.group().isEmpty()
        ? scores.meanOfGroups(opponents)
        : scores.byRepeat(opponents.get(0), column);
  }

  /**
   * Of all tasks with resampled splits that the column is a mean of: 0 where there is none, NaN
   * where the size of one is unknown.
   */
  private double testToTrain(Variant variant, Column column) {
    List<Optional<Sides>> known =
        tasks(column).map(task -> data.sides(variant.point(), key(task))).toList();
    if (known.contains(Optional.<Sides>empty())) {
      return Double.NaN;
    }
    List<Sides> sides = known.stream().flatMap(Optional::stream).filter(Sides::resampled).toList();
    if (sides.isEmpty()) {
      return 0;
    }
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
}
