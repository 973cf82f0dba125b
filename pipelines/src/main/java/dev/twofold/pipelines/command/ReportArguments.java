package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.plan.Stage;
import dev.twofold.pipelines.run.FreshAttempt;
import dev.twofold.pipelines.run.UsageException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of a command that is about what a configuration's runs have made. */
final class ReportArguments extends ConfigurationArguments {

  @Option(names = "--fresh", description = "Of what the latest `run --fresh` has made.")
  private boolean fresh;

  @Option(
      names = "--attempt",
      paramLabel = "N",
      description = "Of what the fresh attempt of this number has made.")
  private Integer attempt;

  /** Of no use here; who tries it is told where its report is. */
  @Option(names = "--force", hidden = true)
  private List<Stage> forced = List.of();

  /**
   * Says where the report is that was looked for.
   *
   * @throws UsageException with {@code --force}
   */
  @Override
  void check(Experiment experiment) {
    if (!forced.isEmpty()) {
      throw new UsageException(
          "Invalid option --force: a report makes nothing (what `run --force %s` made is in its own summary's: %s/runs/%s/summary-*/report)"
              .formatted(
                  forced.get(0), Planner.workdir(experiment), experiment.configuration().name()));
    }
  }

  /**
   * Which attempt is meant.
   *
   * @throws UsageException where there is no such fresh attempt
   */
  @Override
  PlanOptions options(Planner planner, Experiment experiment) throws IOException {
    PlanOptions options = PlanOptions.usual();
    if (attempt != null) {
      return options.withAttempt(AttemptArguments.checked(attempt, fresh, planner, experiment));
    }
    if (!fresh) {
      return options;
    }
    int latest = FreshAttempt.latestOwn(planner, experiment, options);
    if (latest == 0) {
      throw new UsageException("Invalid option --fresh: " + AttemptArguments.none(experiment));
    }
    return options.withAttempt(latest);
  }
}
