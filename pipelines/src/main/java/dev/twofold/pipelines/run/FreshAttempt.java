package dev.twofold.pipelines.run;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.recorded.RecordedRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the number of the attempt that {@code twofold run CONFIG --fresh} makes. */
public final class FreshAttempt {

  private FreshAttempt() {}

  /**
   * The attempt that was interrupted, where it is about what would be trained now; else the one
   * after the latest, so that all is trained, whatever of an earlier one failed, and also where
   * data have changed but for some. Earlier ones may have been deleted; made again they would have
   * the keys of runs that are told already.
   */
  public static int of(Planner planner, Experiment experiment, PlanOptions options)
      throws IOException {
    Configuration configuration = experiment.configuration();
    Path workdir = Planner.workdir(experiment);
    List<Invocation> attempts =
        Invocation.latestFirst(workdir, configuration).stream()
            .filter(each -> each.attempt() > 0)
            .toList();
    Optional<Invocation> interrupted =
        attempts.stream().limit(1).filter(latest -> !latest.finished()).findFirst();
    if (interrupted.isPresent()) {
      int attempt = interrupted.get().attempt();
      Path summary = workdir.resolve(interrupted.get().summary(configuration).folder());
      if (isAbout(summary, planner.plan(experiment, options.withAttempt(attempt)))) {
        return attempt;
      }
    }
    int known = attempts.stream().mapToInt(Invocation::attempt).max().orElse(0);
    return planner.latestAttempt(experiment, options, known).orElse(known) + 1;
  }

  /**
   * Whether a summary is about the trials of a plan. Of one that has not said yet what it is about
   * there is nothing to be lost.
   */
  static boolean isAbout(Path summary, Plan plan) throws IOException {
    Set<String> trials = RecordedRuns.readTrials(summary).keySet();
    return trials.isEmpty() || trials.equals(keys(plan));
  }

  private static Set<String> keys(Plan plan) {
    return plan.trials().stream()
        .map(PlannedTrial::run)
        .map(run -> run.key())
        .collect(Collectors.toSet());
  }
}
