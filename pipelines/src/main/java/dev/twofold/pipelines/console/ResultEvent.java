package dev.twofold.pipelines.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.pipelines.report.Spread;
import dev.twofold.pipelines.report.Summary;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The last line that a machine gets of a run: what came out.
 *
 * @param run of the summary, {@code summary-<time>}: with it, names of trials are of this run alone
 * @param attempt 0, or the number of the fresh attempt
 * @param failures one line a failed stage or trial
 * @param undelivered one line for each run that the tracking server does not have whole
 * @param warnings one line for each thing that the tracking server has otherwise than the logs, or
 *     will never have
 * @param mlflow page of the experiment; empty without a server
 */
public record ResultEvent(
    String run,
    int attempt,
    boolean interrupted,
    Summary summary,
    List<String> failures,
    List<String> undelivered,
    List<String> warnings,
    Optional<Path> report,
    Optional<URI> mlflow) {

  private static final ObjectMapper JSON = new ObjectMapper();

  public ResultEvent {
    failures = List.copyOf(failures);
    undelivered = List.copyOf(undelivered);
    warnings = List.copyOf(warnings);
  }

  /** One JSON object on one line; what is not known is left out. */
  public String json() {
    ObjectNode line = JSON.createObjectNode();
    line.put("event", "result").put("summary", run).put("attempt", attempt);
    line.put("interrupted", interrupted);
    ArrayNode rows = line.putArray("rows");
    summary.tables().forEach(table -> add(rows, table));
    failures.forEach(line.putArray("failures")::add);
    undelivered.forEach(line.putArray("undelivered")::add);
    warnings.forEach(line.putArray("warnings")::add);
    report.ifPresent(path -> line.put("report", path.toString()));
    mlflow.ifPresent(page -> line.put("mlflow", page.toString()));
    return line.toString();
  }

  private static void add(ArrayNode rows, Summary.Table table) {
    for (Summary.Row row : table.rows()) {
      for (int i = 0; i < table.columns().size(); i++) {
        Spread accuracy = row.accuracy().get(i);
        ObjectNode cell = rows.addObject();
        cell.put("group", table.group()).put("method", row.name());
        cell.put("task", table.columns().get(i));
        JsonDisplay.known(cell, "accuracy", accuracy.mean());
        JsonDisplay.known(cell, "deviation", accuracy.deviation());
        cell.put("repeats", accuracy.n()).put("planned", row.planned());
      }
    }
  }
}
