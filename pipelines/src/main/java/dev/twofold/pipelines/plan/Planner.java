package dev.twofold.pipelines.plan;

import dev.twofold.pipelines.configuration.Experiment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Expands a configuration to stages, units and trials, each with its key.
 *
 * <p>The seed of a unit is {@code Randomness.hash(seed, "repeat", repeat)}, so that all methods of
 * a repeat draw alike; their splits have the same salt.
 *
 * <p>One a command: to all of its plans a source is what it was for the first.
 */
public final class Planner {
  /** Attempts in a row that may have been deleted. */
  private static final int MOST_DELETED = 3;

  private final StageInputs inputs;

  /** By workdir, below which digests are remembered. */
  private final Map<Path, DatasetPlanner> datasets = new HashMap<>();

  /**
   * @param tensorflow version of TensorFlow, part of every key of a model
   */
  public Planner(String tensorflow) {
    this.inputs = new StageInputs(tensorflow);
  }

  /**
   * The plan.
   *
   * @throws dev.twofold.pipelines.configuration.ConfigurationException when the data lack what the
   *     configuration names
   * @throws dev.twofold.transforms.sources.DataRefusedException when a source cannot be read
   */
  public Plan plan(Experiment experiment, PlanOptions options) {
    Path workdir = workdir(experiment);
    DatasetPlanner planner = datasets.computeIfAbsent(workdir, DatasetPlanner::new);
    return new Planning(experiment, options, inputs, workdir, planner).plan();
  }

  /**
   * The number of the attempt that {@code --fresh} makes: the latest where it is not complete, so
   * that an interrupted one goes on, and otherwise the next. Earlier ones may have been deleted;
   * made again they would have the keys of runs that are told already.
   */
  public int freshAttempt(Experiment experiment, PlanOptions options) {
    int latest = latestAttempt(experiment, options).orElse(1);
    return plan(experiment, options.withAttempt(latest)).isComplete() ? latest + 1 : latest;
  }

  /**
   * The number of the latest attempt of {@code --fresh} of which anything is there; empty when
   * there is none. Attempts whose folders were deleted may lie before it.
   */
  public OptionalInt latestAttempt(Experiment experiment, PlanOptions options) {
    OptionalInt latest = OptionalInt.empty();
    for (int attempt = 1; attempt <= latest.orElse(0) + MOST_DELETED; attempt++) {
      if (plan(experiment, options.withAttempt(attempt)).isBegun()) {
        latest = OptionalInt.of(attempt);
      }
    }
    return latest;
  }

  /** The folder that a configuration's {@code workdir} means. */
  public static Path workdir(Experiment experiment) {
    return Path.of(experiment.configuration().workdir()).toAbsolutePath().normalize();
  }
}
