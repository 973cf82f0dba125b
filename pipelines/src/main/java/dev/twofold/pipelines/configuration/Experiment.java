package dev.twofold.pipelines.configuration;

import java.util.List;

/**
 * A configuration with its sweep spread out.
 *
 * @param configuration as written
 * @param points one for each combination of the sweep's values; one alone without a sweep
 */
public record Experiment(Configuration configuration, List<SweepPoint> points) {

  public Experiment {
    points = List.copyOf(points);
  }
}
