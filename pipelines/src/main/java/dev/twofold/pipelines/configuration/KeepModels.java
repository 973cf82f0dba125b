package dev.twofold.pipelines.configuration;

/** Whose models stay on disk after their evaluation. */
public enum KeepModels {
  NONE,
  /** The first repeat's. */
  FIRST,
  ALL
}
