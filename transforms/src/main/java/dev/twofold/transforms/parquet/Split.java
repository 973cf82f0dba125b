package dev.twofold.transforms.parquet;

import java.util.Set;

/**
 * How a dataset's rows fall into a training and a test side. Made at reading: one dataset serves
 * every split.
 *
 * @param salt tells one random split from another
 * @param testFraction share of a class's distinct contents that is tested on; of no effect with
 *     {@link Mode#SOURCE}
 * @param sourceSplits rows of these source splits only; empty for all
 */
public record Split(Split.Mode mode, String salt, double testFraction, Set<String> sourceSplits) {

  /** Where the two sides come from. */
  public enum Mode {
    /** Drawn by hash, within each class. */
    RANDOM,
    /** The source's own: train is trained on, val and test are tested on. */
    SOURCE
  }

  public Split {
    if (!(testFraction >= 0 && testFraction <= 1)) {
      throw new IllegalArgumentException(
          "Invalid testFraction: %s (must be from 0 to 1)".formatted(testFraction));
    }
    sourceSplits = Set.copyOf(sourceSplits);
  }

  /** A random split of all rows. */
  public static Split random(String salt, double testFraction) {
    return new Split(Mode.RANDOM, salt, testFraction, Set.of());
  }

  /** The source's own split. */
  public static Split source() {
    return new Split(Mode.SOURCE, "", 0, Set.of());
  }
}
