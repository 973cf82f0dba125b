package dev.twofold.pipelines.run;

import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.console.ResultTable;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.report.Report;
import dev.twofold.pipelines.report.ReportData;
import dev.twofold.pipelines.report.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A report from what is in a workdir, whoever made it. */
public final class LateReport {
  private final ReportData data;

  public LateReport(Experiment experiment, Plan plan) throws IOException {
    Map<String, String> versions = Versions.all();
    Work work = new Work(plan, experiment.configuration(), "", versions);
    this.data =
        new Results(plan, experiment.configuration(), work.plan())
            .report(versions, ReportData.Status.UNFINISHED);
  }

  /** The result table. */
  public String table() {
    return ResultTable.of(Summary.of(data));
  }

  /** Writes the files and gives the page's path. */
  public Path write(Path directory) {
    return Report.write(data, directory);
  }
}
