package dev.twofold.pipelines.plan;

/**
 * How many of a task's classes the auxiliary task has, by the label map.
 *
 * @param covered classes with one
 * @param classes classes in all
 */
public record Coverage(String group, String task, int covered, int classes) {

  @Override
  public String toString() {
    return "%d of %d".formatted(covered, classes);
  }
}
