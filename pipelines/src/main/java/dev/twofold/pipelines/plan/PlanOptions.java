package dev.twofold.pipelines.plan;

import java.util.Set;

/**
 * What the command line says beside the configuration.
 *
 * @param attempt 0, or the number of a fresh attempt beside the artifacts of earlier ones
 * @param forced stages whose artifacts are made again, beside the earlier ones
 * @param cores of the machines that train, for {@code threads: auto}
 */
public record PlanOptions(int attempt, Set<Stage> forced, int cores) {

  public PlanOptions {
    forced = Set.copyOf(forced);
  }

  /** Reuse whatever is there. */
  public static PlanOptions usual() {
    return new PlanOptions(0, Set.of(), Runtime.getRuntime().availableProcessors());
  }

  public PlanOptions withAttempt(int newAttempt) {
    return new PlanOptions(newAttempt, forced, cores);
  }

  public PlanOptions withForced(Set<Stage> newForced) {
    return new PlanOptions(attempt, newForced, cores);
  }
}
