package dev.twofold.pipelines.report;

import dev.twofold.pipelines.plan.Leaves;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables as CSV (RFC 4180), with all digits. Behind its own columns each has the method's
 * label, where it starts and a column for each swept key, which a script would else read out of
 * names.
 */
final class CsvReport {

  private static final List<String> TABLE =
      List.of(
          "group",
          "method",
          "task",
          "repeats",
          "accuracy_mean",
          "accuracy_deviation",
          "macro_f1_mean",
          "macro_f1_deviation",
          "published_mean",
          "published_deviation",
          "difference",
          "substitute");
  private static final List<String> TESTS =
      List.of(
          "group",
          "task",
          "method",
          "against",
          "repeats",
          "difference_mean",
          "difference_deviation",
          "p",
          "p_holm");
  private static final List<String> SHARES =
      List.of("group", "method", "family", "kind", "layer", "repeats", "mean", "deviation");
  private static final List<String> TRIALS =
      List.of(
          "group",
          "method",
          "registered_method",
          "repeat",
          "status",
          "task",
          "accuracy",
          "macro_f1",
          "trial_seconds",
          "reason");
  private static final List<String> CLASSES =
      List.of("group", "method", "repeat", "task", "class", "precision", "recall", "f1", "support");
  private static final List<String> CONFUSION =
      List.of("group", "method", "repeat", "task", "class", "predicted", "images");
  private static final List<String> DESCRIPTION = List.of("label", "start");

  /** The mean of the groups is in no group, and a missing value would be lost in grouping. */
  private static final String ALL_GROUPS = "all";

  private static final String FORMULA_STARTS = "=+-@\t\r";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+(E-?[0-9]+)?");

  private final ReportData data;
  private final Scores scores;
  private final Set<String> swept = new TreeSet<>();
  private final StringBuilder text = new StringBuilder();

  private CsvReport(ReportData data, List<String> columns) {
    this.data = data;
    this.scores = new Scores(data, TaskResult::accuracy);
    scores.variants().forEach(variant -> swept.addAll(variant.point().keySet()));
    row(columns, Stream.concat(DESCRIPTION.stream(), swept.stream().map(this::column)).toList());
  }

  /** A swept key as names have it, but where another column is called so. */
  private String column(String key) {
    String name = Leaves.shortKey(key, swept);
    boolean taken =
        Stream.of(TABLE, TESTS, SHARES, TRIALS, CLASSES, CONFUSION, DESCRIPTION)
            .anyMatch(all -> all.contains(name));
    return taken ? key : name;
  }

  /** One row a group, method and task; the mean of the groups is of the group {@code all}. */
  static String table(ReportData data) {
    CsvReport csv = new CsvReport(data, TABLE);
    PaperTable accuracy = PaperTable.accuracy(data);
    PaperTable macroF1 = PaperTable.macroF1(data);
    for (List<PaperTable.Head> group : accuracy.byGroup().values()) {
      for (int row = 0; row < accuracy.rows().size(); row++) {
        for (PaperTable.Head head : group) {
          int column = accuracy.heads().indexOf(head);
          PaperTable.Row scores = accuracy.rows().get(row);
          csv.score(head, scores, column, macroF1.rows().get(row).cells().get(column));
        }
      }
    }
    return csv.text.toString();
  }

  private void score(
      PaperTable.Head head, PaperTable.Row row, int column, PaperTable.Cell macroF1) {
    PaperTable.Cell accuracy = row.cells().get(column);
    row(
        List.of(
            group(head.column()),
            row.variant().name(),
            head.column().title(),
            "" + accuracy.ours().n(),
            number(accuracy.ours().mean()),
            number(accuracy.ours().deviation()),
            number(macroF1.ours().mean()),
            number(macroF1.ours().deviation()),
            accuracy.published().map(published -> number(published.mean())).orElse(""),
            accuracy.published().map(published -> number(published.deviation())).orElse(""),
            number(accuracy.exactDifference()),
            PaperTable.substitute(data, head.column())),
        description(row.variant(), start(row.variant(), head.column())));
  }

  private static String group(Column column) {
    return column.group().isEmpty() ? ALL_GROUPS : column.group();
  }

  /** One row a paired test. */
  static String tests(ReportData data) {
    CsvReport csv = new CsvReport(data, TESTS);
    for (Comparisons.Against table : Comparisons.of(data)) {
      for (Comparisons.Row row : table.rows()) {
        for (int i = 0; i < table.columns().size(); i++) {
          csv.test(row, table.columns().get(i), row.cells().get(i));
        }
      }
    }
    return csv.text.toString();
  }

  private void test(Comparisons.Row row, Column column, Comparisons.Cell cell) {
    Spread differences = cell.test().differences();
    row(
        List.of(
            group(column),
            column.title(),
            row.variant().name(),
            differences.n() == 0 ? "" : row.against(column),
            "" + differences.n(),
            number(differences.mean()),
            number(differences.deviation()),
            number(cell.test().p()),
            number(cell.adjusted())),
        description(row.variant(), start(row.variant(), column)));
  }

  /** One row a group, method, kind and layer. */
  static String shares(ReportData data) {
    CsvReport csv = new CsvReport(data, SHARES);
    Map<String, Variant> variants =
        csv.scores.variants().stream()
            .collect(Collectors.toMap(Variant::name, Function.identity(), (first, same) -> first));
    for (ShareTable table : ShareTable.of(data)) {
      for (int i = 0; i < table.columns().size(); i++) {
        Variant variant = variants.get(table.columns().get(i).method());
        for (ShareTable.Row row : table.rows()) {
          csv.share(table, table.columns().get(i), variant, row.layer(), row.cells().get(i));
        }
      }
    }
    return csv.text.toString();
  }

  private void share(
      ShareTable table, ShareTable.Kind column, Variant variant, String layer, Spread value) {
    if (value.n() > 0) {
      row(
          List.of(
              table.group(),
              column.method(),
              table.family(),
              column.qualifier(),
              layer,
              "" + value.n(),
              number(value.mean()),
              number(value.deviation())),
          description(variant, start(variant, new Column(table.group(), ""))));
    }
  }

  /**
   * Long form: one row a trial and task, each with the seconds of the whole trial; a trial that did
   * not finish has one row without scores.
   */
  static String trials(ReportData data) {
    CsvReport csv = new CsvReport(data, TRIALS);
    for (Trial trial : data.trials()) {
      List<String> tasks = data.tasksOf(trial.spec().group());
      trial
          .result()
          .ifPresentOrElse(
              result ->
                  tasks.stream()
                      .filter(result.tasks()::containsKey)
                      .forEach(
                          task ->
                              csv.trial(
                                  trial,
                                  task,
                                  result.tasks().get(task),
                                  number(result.trainingSeconds()))),
              () -> csv.unfinished(trial));
    }
    return csv.text.toString();
  }

  private void trial(Trial trial, String task, TaskResult result, String seconds) {
    trial(trial, task, number(result.accuracy()), number(result.macroF1()), seconds, "");
  }

  private void unfinished(Trial trial) {
    trial(trial, "", "", "", "", trial.reason());
  }

  private void trial(
      Trial trial, String task, String accuracy, String macroF1, String seconds, String reason) {
    Variant variant = Variant.of(trial.spec());
    row(
        List.of(
            trial.spec().group(),
            variant.name(),
            trial.spec().method(),
            "" + trial.spec().repeat(),
            trial.status().name().toLowerCase(Locale.ROOT),
            task,
            accuracy,
            macroF1,
            seconds,
            reason),
        description(variant, trial.conditions().start()));
  }

  /** One row a trial, task and class. */
  static String classes(ReportData data) {
    CsvReport csv = new CsvReport(data, CLASSES);
    csv.forEachTask(
        (trial, task, result) ->
            result
                .classes()
                .forEach(
                    each ->
                        csv.ofTask(
                            trial,
                            task,
                            each.name(),
                            number(each.precision()),
                            number(each.recall()),
                            number(each.f1()),
                            "" + each.support())));
    return csv.text.toString();
  }

  /** One row a trial, task and cell of the confusion matrix that is not 0, of those at hand. */
  static String confusion(ReportData data) {
    CsvReport csv = new CsvReport(data, CONFUSION);
    csv.forEachTask(csv::confusion);
    return csv.text.toString();
  }

  private void confusion(Trial trial, String task, TaskResult result) {
    List<String> names = result.classes().stream().map(ClassResult::name).toList();
    for (int truth = 0; truth < result.confusion().size(); truth++) {
      for (int predicted = 0; predicted < names.size(); predicted++) {
        int images = result.confusion().get(truth).get(predicted);
        if (images > 0) {
          ofTask(trial, task, names.get(truth), names.get(predicted), "" + images);
        }
      }
    }
  }

  private interface OfTask {
    void accept(Trial trial, String task, TaskResult result);
  }

  private void forEachTask(OfTask use) {
    for (Trial trial : data.trials()) {
      for (String task : data.tasksOf(trial.spec().group())) {
        trial
            .result()
            .map(result -> result.tasks().get(task))
            .ifPresent(result -> use.accept(trial, task, result));
      }
    }
  }

  private void ofTask(Trial trial, String task, String... cells) {
    Variant variant = Variant.of(trial.spec());
    List<String> before =
        List.of(trial.spec().group(), variant.name(), "" + trial.spec().repeat(), task);
    row(
        Stream.concat(before.stream(), Stream.of(cells)).toList(),
        description(variant, trial.conditions().start()));
  }

  /** Where a method starts in the column's group, or in all; several where these differ. */
  private String start(Variant variant, Column column) {
    return scores.trials(variant).stream()
        .filter(trial -> column.group().isEmpty() || trial.isOf(column.group()))
        .map(trial -> trial.conditions().start())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** What stands below {@link #DESCRIPTION} and the swept keys. */
  private List<String> description(Variant variant, String start) {
    Map<String, Object> point = variant.point();
    return Stream.concat(
            Stream.of(variant.label(), start),
            swept.stream().map(key -> point.containsKey(key) ? Leaves.text(point.get(key)) : ""))
        .toList();
  }

  private void row(List<String> cells, List<String> description) {
    text.append(
        Stream.concat(cells.stream(), description.stream())
            .map(CsvReport::cell)
            .collect(Collectors.joining(",", "", "\r\n")));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "";
  }

  /** Quoted where needed; what a spreadsheet would run as a formula becomes text. */
  static String cell(String value) {
    boolean formula =
        !value.isEmpty()
            && FORMULA_STARTS.indexOf(value.charAt(0)) >= 0
            && !NUMBER.matcher(value).matches();
    String safe = formula ? "'" + value : value;
    boolean special = safe.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return special ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
