package dev.twofold.models;

/** A method that describes a graph, which is trained; it opens no session and owns no optimiser. */
@FunctionalInterface
public non-sealed interface GraphMethod extends Method {
  Objective build(Construction construction);

  /** Columns that each image of T tasks runs through: one, unless columns exchange features. */
  default int columnsPerImage(int tasks) {
    return 1;
  }
}
