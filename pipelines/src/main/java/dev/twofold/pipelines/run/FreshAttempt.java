package dev.twofold.pipelines.run;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the numbers of the attempts that {@code twofold run CONFIG --fresh} makes. */
public final class FreshAttempt {

  private FreshAttempt() {}

  /**
   * The attempt to make: the one that was interrupted, where it is about what would be trained now
   * and has not told all of it; else the one after the latest, so that all is trained, whatever of
   * an earlier one failed, and also where data have changed but for some.
   */
  public static int next(Planner planner, Experiment experiment, PlanOptions options)
      throws IOException {
    Configuration configuration = experiment.configuration();
    Path workdir = Planner.workdir(experiment);
    Optional<Invocation> interrupted =
        Invocation.latestFirst(workdir, configuration).stream()
            .filter(each -> each.attempt() > 0)
            .findFirst()
            .filter(latest -> !latest.finished());
    if (interrupted.isPresent()) {
      int attempt = interrupted.get().attempt();
      Plan plan = planner.plan(experiment, options.withAttempt(attempt));
      if (interrupted.get().isAbout(configuration, plan)
          && !interrupted.get().isResultOf(configuration, plan)) {
        return attempt;
      }
    }
    return latest(planner, experiment, options) + 1;
  }

  /** The latest attempt of just this configuration, or of which anything is there; 0 without. */
  public static int latestOwn(Planner planner, Experiment experiment, PlanOptions options)
      throws IOException {
    int begun =
        Invocation.latestFirst(Planner.workdir(experiment), experiment.configuration()).stream()
            .mapToInt(Invocation::attempt)
            .max()
            .orElse(0);
    return Math.max(begun, planner.latestAttempt(experiment, options, 0).orElse(0));
  }

  /**
   * The latest attempt that a run of the experiment has begun, whatever its settings were, or of
   * which anything is there; 0 where there is none. Earlier ones may have been deleted; made again
   * they would have the keys of runs that are told already.
   */
  public static int latest(Planner planner, Experiment experiment, PlanOptions options)
      throws IOException {
    Configuration configuration = experiment.configuration();
    Path workdir = Planner.workdir(experiment);
    int known =
        Invocation.all(workdir).stream()
            .filter(each -> Files.exists(workdir.resolve(each.summary(configuration).folder())))
            .mapToInt(Invocation::attempt)
            .max()
            .orElse(0);
    return planner.latestAttempt(experiment, options, known).orElse(known);
  }
}
