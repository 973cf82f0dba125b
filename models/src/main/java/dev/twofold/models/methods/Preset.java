package dev.twofold.models.methods;

/** Which values the settings have that a configuration leaves out. */
public enum Preset {
  /** The paper's hyper-parameters to the letter, where they can be known. */
  PUBLISHED,
  /** What works. */
  TUNED
}
