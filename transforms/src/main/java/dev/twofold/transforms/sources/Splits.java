package dev.twofold.transforms.sources;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The names under which sources keep their own splits. */
final class Splits {
  private static final Map<String, String> NAMES =
      Map.of(
          "train", "train",
          "training", "train",
          "val", "val",
          "valid", "val",
          "validation", "val",
          "dev", "val",
          "test", "test",
          "testing", "test",
          "eval", "test");

  private Splits() {}

  /** {@code train}, {@code val} or {@code test}, if the name means one of them. */
  static Optional<String> canonical(String name) {
    return Optional.ofNullable(NAMES.get(name.toLowerCase(Locale.ROOT)));
  }
}
