package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.report.Report;
import dev.twofold.pipelines.run.LateReport;
import dev.twofold.pipelines.run.OutputFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold report}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Writes report.html, and its tables as report.md, report.tex and .csv files, from what is"
            + " in the workdir, also while a run is under way, and prints the result table.%n")
final class ReportCommand implements Callable<Integer> {

  @Parameters(paramLabel = "CONFIG", description = ConfigurationArguments.ONE)
  private Path file;

  @Mixin private ReportArguments configuration;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "report",
      description = "Folder for the files (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Override
  public Integer call() throws Exception {
    Experiment experiment = configuration.experiment(file);
    Plan done = configuration.plan(experiment);
    if (done.attempt() > 0) {
      System.out.println("Fresh attempt " + done.attempt());
    }
    OutputFolder.make("Cannot write the report to " + output, output);
    LateReport report = new LateReport(experiment, done);
    System.out.print(report.table());
    System.out.println("Report: " + report.write(output));
    Report.remark().ifPresent(System.out::println);
    return 0;
  }
}
