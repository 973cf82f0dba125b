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
   * The number of the latest fresh attempt of which anything is there; empty when there is none.
   * Attempts whose folders were deleted may lie before it.
   *
   * @param known that there was one of this number; 0 where nothing is known
   */
  public OptionalInt latestAttempt(Experiment experiment, PlanOptions options, int known) {
    OptionalInt latest = OptionalInt.empty();
    for (int attempt = Math.max(1, known);
        attempt <= latest.orElse(known) + MOST_DELETED;
        attempt++) {
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
