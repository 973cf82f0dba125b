package dev.twofold.transforms.training;

import java.util.List;

/**
 * Which images train and which test: made at reading, so it is in a unit's key and not in a
 * dataset's.
 *
 * @param mode how
 * @param test fraction of each class's distinct contents that test, in (0, 1); for {@code HASH} and
 *     {@code BY_OBJECT}
 * @param salt of the hash that ranks contents; a repeat adds its number where the configuration
 *     says {@code perRepeat}
 * @param only source splits whose images are used at all; empty for all of them
 */
public record Split(Mode mode, double test, String salt, List<String> only) {

  /** How a side is chosen. */
  public enum Mode {
    /** By rank of the content's hash within its class. */
    HASH,
    /** As the source says: {@code train} trains, {@code val} and {@code test} test. */
    SOURCE,
    /** As {@code HASH}, with all views of an object on one side. */
    BY_OBJECT
  }

  public Split {
    only = only == null ? List.of() : List.copyOf(only);
    if (!(test > 0 && test < 1)) {
      throw new IllegalArgumentException(
          "Invalid split.test: %s (must be in (0, 1))".formatted(test));
    }
  }
}
