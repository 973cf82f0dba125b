package dev.twofold.pipelines.configuration;

/**
 * Draws the classes of a group's tasks; the draw is the same in all repeats.
 *
 * @param perTask classes a task
 * @param shared how many of them all tasks have in common; no other class is in two tasks
 * @param seed of the draw; the configuration's when left out
 */
public record Draw(int perTask, Integer shared, Long seed) {

  public Draw {
    shared = shared == null ? 0 : shared;
    if (perTask < 2) {
      throw new IllegalArgumentException(
          "Invalid draw.perTask: %d (must be at least 2)".formatted(perTask));
    }
    if (shared < 0 || shared > perTask) {
      throw new IllegalArgumentException(
          "Invalid draw.shared: %d (must be 0 to perTask, %d)".formatted(shared, perTask));
    }
  }
}
