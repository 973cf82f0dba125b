package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables as CSV (RFC 4180), with all digits. */
final class CsvReport {

  private static final String FORMULA_STARTS = "=+-@\t\r";

  private final StringBuilder text = new StringBuilder();

  private CsvReport() {}

  /** One row a group, method and task. */
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
        "macro_f1_deviation");
    for (Summary.Table table : Summary.of(data).tables()) {
      for (Summary.Row row : table.rows()) {
        for (int i = 0; i < table.columns().size(); i++) {
          csv.score(table, row, i);
        }
      }
    }
    return csv.text.toString();
  }

  private void score(Summary.Table table, Summary.Row row, int column) {
    Spread accuracy = row.accuracy().get(column);
    Spread macroF1 = row.macroF1().get(column);
    row(
        table.group(),
        row.name(),
        table.columns().get(column),
        "" + accuracy.n(),
        number(accuracy.mean()),
        number(accuracy.deviation()),
        number(macroF1.mean()),
        number(macroF1.deviation()));
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
    boolean formula = !value.isEmpty() && FORMULA_STARTS.indexOf(value.charAt(0)) >= 0;
    String safe = formula ? "'" + value : value;
    boolean special = safe.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return special ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
