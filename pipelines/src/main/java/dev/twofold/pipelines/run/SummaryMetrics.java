package dev.twofold.pipelines.run;

import dev.twofold.pipelines.report.Spread;
import dev.twofold.pipelines.report.Summary;
import dev.twofold.transforms.training.EventLog;
import java.io.IOException;
import java.util.List;

/** A result table as metrics of the summary run. */
final class SummaryMetrics {

  private SummaryMetrics() {}

  static void write(Summary.Table table, EventLog log) throws IOException {
    for (Summary.Row row : table.rows()) {
      List<Spread> cells = row.accuracy();
      for (int column = 0; column < cells.size(); column++) {
        Spread cell = cells.get(column);
        if (cell.n() > 0) {
          String name =
              "%s %s %s".formatted(table.group(), row.name(), table.columns().get(column));
          // One section of the charts page, behind those of the trials.
          log.metric("summary/" + clean(name), cell.mean(), 0);
        }
      }
    }
  }

  /** MLflow's alphabet of metric names. */
  private static String clean(String name) {
    return name.replaceAll("[^A-Za-z0-9_\\-. :]", "_");
  }
}
