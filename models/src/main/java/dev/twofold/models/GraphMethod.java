package dev.twofold.models;

/** A method that describes a graph, which is trained; it opens no session and owns no optimiser. */
@FunctionalInterface
public non-sealed interface GraphMethod extends Method {
  Objective build(Construction construction);

  /**
   * How much a training computes, as a multiple of one column for each task: more where columns
   * exchange features, or where something has to be found first.
   *
   * @param tasks T
   */
  default int relativeWork(int tasks) {
    return 1;
  }
}
