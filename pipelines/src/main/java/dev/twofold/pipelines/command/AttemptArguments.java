package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.plan.Stage;
import dev.twofold.pipelines.run.FreshAttempt;
import dev.twofold.pipelines.run.UsageException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of the commands that make something of a configuration, or say what they would. */
final class AttemptArguments extends ConfigurationArguments {

  @Option(
      names = "--force",
      paramLabel = "STAGE",
      description =
          "Makes a stage again (pretrain, train, evaluate), beside what is there. Given again, it"
              + " makes again what it had finished.")
  private List<Stage> forced = List.of();

  @Option(
      names = "--fresh",
      description =
          "Trains everything anew, as an attempt beside what is there; datasets are reused. Goes on"
              + " with an attempt that was interrupted. `report --fresh` is of the latest attempt.")
  private boolean fresh;

  @Option(
      names = "--attempt",
      paramLabel = "N",
      description = "Goes on with the fresh attempt of this number, as after a failure.")
  private Integer attempt;

  /** Whether a stage is made that is there. */
  boolean isForced() {
    return !forced.isEmpty();
  }

  @Override
  PlanOptions options(Planner planner, Experiment experiment) throws IOException {
    Set<Stage> stages = forced.isEmpty() ? Set.of() : EnumSet.copyOf(forced);
    PlanOptions options = PlanOptions.usual().withForced(stages);
    if (attempt != null) {
      return options.withAttempt(checked(attempt, fresh, planner, experiment));
    }
    return fresh ? options.withAttempt(FreshAttempt.next(planner, experiment, options)) : options;
  }

  /**
   * The number of a fresh attempt that was given.
   *
   * @param fresh whether {@code --fresh} was given too
   * @throws UsageException where there is none of that number
   */
  static int checked(int attempt, boolean fresh, Planner planner, Experiment experiment)
      throws IOException {
    String invalid = "Invalid option --attempt: ";
    if (fresh) {
      throw new UsageException(invalid + "beside --fresh, which finds its attempt by itself");
    }
    int latest = FreshAttempt.latest(planner, experiment, PlanOptions.usual());
    if (latest == 0) {
      throw new UsageException(invalid + none(experiment));
    }
    if (attempt < 1 || attempt > latest) {
      throw new UsageException(
          "%s%d (must be 1 to %d, the latest of %s in %s; `run --fresh` makes another)"
              .formatted(
                  invalid,
                  attempt,
                  latest,
                  experiment.configuration().name(),
                  Planner.workdir(experiment)));
    }
    return attempt;
  }

  /** Says that an experiment has no fresh attempt, and what makes one. */
  static String none(Experiment experiment) {
    return "%s has no fresh attempt in %s (`run --fresh` makes one)"
        .formatted(experiment.configuration().name(), Planner.workdir(experiment));
  }
}
