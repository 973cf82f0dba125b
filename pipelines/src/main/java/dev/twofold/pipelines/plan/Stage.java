package dev.twofold.pipelines.plan;

import java.util.Locale;

/** The stages of a run, in order; an artifact's folder begins with a stage's name. */
public enum Stage {
  INGEST,
  PRETRAIN,
  TRAIN,
  EVALUATE;

  /**
   * Raised when a stage makes something else of the same inputs, so that old artifacts are stale.
   */
  static final int FORMAT = 2;

  /** The same of DAMTL's masks of channels in front of batch norm alone: all others stay. */
  static final int FORMAT_OF_NORMALISED_CHANNELS = FORMAT + 1;

  /** The same of evaluations alone, which cost little: networks stay as they are. */
  static final int FORMAT_OF_EVALUATION = 3;

  /** Whether it is made anew on demand: images of a source are always the same. */
  public boolean isOfModels() {
    return this != INGEST;
  }

  /** As folders and keys have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As commands take it. */
  @Override
  public String toString() {
    return label();
  }
}
