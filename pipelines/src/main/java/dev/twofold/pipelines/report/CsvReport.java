package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables as CSV (RFC 4180), with all digits. */
final class CsvReport {

  private static final String FORMULA_STARTS = "=+-@\t\r";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+(E-?[0-9]+)?");

  private final StringBuilder text = new StringBuilder();

  private CsvReport() {}

  /** One row a group, method and task; the mean of the groups is in no group. */
  static String table(ReportData data) {
    CsvReport csv = new CsvReport();
    csv.row(
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
    PaperTable accuracy = PaperTable.accuracy(data);
    PaperTable macroF1 = PaperTable.macroF1(data);
    for (List<PaperTable.Head> group : accuracy.byGroup().values()) {
      for (int row = 0; row < accuracy.rows().size(); row++) {
        for (PaperTable.Head head : group) {
          int column = accuracy.heads().indexOf(head);
          PaperTable.Row scores = accuracy.rows().get(row);
          csv.score(data, head, scores, column, macroF1.rows().get(row).cells().get(column));
        }
      }
    }
    return csv.text.toString();
  }

  private void score(
      ReportData data,
      PaperTable.Head head,
      PaperTable.Row row,
      int column,
      PaperTable.Cell macroF1) {
    PaperTable.Cell accuracy = row.cells().get(column);
    row(
        head.column().group(),
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
        PaperTable.substitute(data, head.column()));
  }

  /** One row a paired test. */
  static String tests(ReportData data) {
    CsvReport csv = new CsvReport();
    csv.row(
        "group",
        "task",
        "method",
        "against",
        "repeats",
        "difference_mean",
        "difference_deviation",
        "p",
        "p_holm");
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
        column.group(),
        column.title(),
        row.variant().name(),
        differences.n() == 0 ? "" : row.against(column),
        "" + differences.n(),
        number(differences.mean()),
        number(differences.deviation()),
        number(cell.test().p()),
        number(cell.adjusted()));
  }

  /** One row a group, method, kind and layer. */
  static String shares(ReportData data) {
    CsvReport csv = new CsvReport();
    csv.row("group", "method", "family", "kind", "layer", "repeats", "mean", "deviation");
    for (ShareTable table : ShareTable.of(data)) {
      for (int i = 0; i < table.columns().size(); i++) {
        for (ShareTable.Row row : table.rows()) {
          csv.share(table, table.columns().get(i), row.layer(), row.cells().get(i));
        }
      }
    }
    return csv.text.toString();
  }

  private void share(ShareTable table, ShareTable.Kind column, String layer, Spread value) {
    if (value.n() > 0) {
      row(
          table.group(),
          column.method(),
          table.family(),
          column.qualifier(),
          layer,
          "" + value.n(),
          number(value.mean()),
          number(value.deviation()));
    }
  }

  /**
   * Long form: one row a trial and task; a trial that did not finish has one row without scores.
   */
  static String trials(ReportData data) {
    CsvReport csv = new CsvReport();
    csv.row(
        "group",
        "method",
        "registered_method",
        "repeat",
        "status",
        "task",
        "accuracy",
        "macro_f1",
        "seconds",
        "reason");
    for (Trial trial : data.trials()) {
      List<String> tasks = Summary.tasks(data, trial.spec().group());
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
    row(
        trial.spec().group(),
        Variant.of(trial.spec()).name(),
        trial.spec().method(),
        "" + trial.spec().repeat(),
        status(trial),
        task,
        number(result.accuracy()),
        number(result.macroF1()),
        seconds,
        "");
  }

  private void unfinished(Trial trial) {
    row(
        trial.spec().group(),
        Variant.of(trial.spec()).name(),
        trial.spec().method(),
        "" + trial.spec().repeat(),
        status(trial),
        "",
        "",
        "",
        "",
        trial.reason());
  }

  private static String status(Trial trial) {
    return trial.status().name().toLowerCase(Locale.ROOT);
  }

  private void row(String... cells) {
    text.append(Arrays.stream(cells).map(CsvReport::cell).collect(Collectors.joining(",")));
    text.append("\r\n");
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
