package dev.twofold.pipelines.plan;

import java.util.List;

/**
 * What {@code run.json} says: docs/events.md.
 *
 * @param folder relative to the workdir
 */
public record PlannedRun(
    String kind, String experiment, String key, String name, String folder, List<String> logs) {

  public PlannedRun {
    logs = List.copyOf(logs);
  }
}
