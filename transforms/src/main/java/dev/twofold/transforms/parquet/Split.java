package dev.twofold.transforms.parquet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How a dataset's rows fall into a training and a test side. Made at reading, so it is in a unit's
 * key and not in a dataset's: one dataset serves every split.
 *
 * @param mode where the two sides come from
 * @param test share of a class's distinct contents that is tested on, from 0 to 1; of no effect
 *     with {@link Mode#SOURCE}
 * @param salt of the hash that ranks contents: tells one split from another
 * @param only rows of these source splits only; empty for all of them
 * @param validation share of a class's distinct contents on the training side that stands on the
 *     test side instead, in (0, 1), for choosing settings; what would be tested on then stands on
 *     no side. Null for none.
 * @param object what in an image's path names the object that it shows: a regular expression, of
 *     which the first group is the name, or all that it finds where it has none. Objects then take
 *     the place of contents, so that no two images of one stand on different sides. Null where each
 *     content stands for itself.
 */
public record Split(
    Mode mode, double test, String salt, List<String> only, Double validation, String object) {

  /** The splits of a source that {@link Mode#SOURCE} tests on. */
  public static final Set<String> HELD_OUT = Set.of("val", "test");

  /** Where the two sides come from. */
  public enum Mode {
    /** By rank of the content's hash within its class. */
    HASH,
    /**
     * The source's own: {@code train} is trained on, {@code val} and {@code test} are tested on.
     */
    SOURCE
  }

  public Split {
    only = only == null ? List.of() : List.copyOf(only);
    if (!(test >= 0 && test <= 1)) {
      throw new IllegalArgumentException(
          "Invalid split.test: %s (must be from 0 to 1)".formatted(test));
    }
    if (validation != null && !(validation > 0 && validation < 1)) {
      throw new IllegalArgumentException(
          "Invalid split.validation: %s (must be in (0, 1))".formatted(validation));
    }
    if (object != null) {
      checkPattern(object);
    }
  }

  /** What decides which images are on a side, as configurations write it. */
  String settings() {
    List<String> settings = new ArrayList<>();
    settings.add(mode == Mode.SOURCE ? "split.mode source" : "split.test " + test);
    if (validation != null) {
      settings.add("split.validation " + validation);
    }
    if (!only.isEmpty()) {
      settings.add("split.only " + only);
    }
    if (object != null) {
      settings.add("split.object " + object);
    }
    return String.join(", ", settings);
  }

  /**
   * Refuses what is no pattern.
   *
   * @throws IllegalArgumentException with the reason
   */
  public static void checkPattern(String object) {
    try {
      Pattern.compile(object);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "Invalid split.object: %s (must be a regular expression: %s)"
              .formatted(object, e.getDescription()),
          e);
    }
  }
}
