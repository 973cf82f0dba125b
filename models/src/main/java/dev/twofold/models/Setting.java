package dev.twofold.models;

/** A value that a configuration gives. */
public final class Setting {

  private Setting() {}

  /**
   * Refuses a value that a setting cannot have.
   *
   * @param setting its name, and of what it is
   * @param must be what, in words
   */
  public static void check(boolean holds, String setting, Object value, String must) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Invalid %s: %s (must be %s)".formatted(setting, value, must));
    }
  }
}
