package dev.twofold.pipelines.configuration;

/**
 * Where something of a configuration was written, as an editor opens it.
 *
 * @param source a file, or the command-line option
 * @param line 1-based; 0 where a source has no lines
 * @param column 1-based
 */
public record Place(String source, int line, int column) {

  /** A place outside of a file, such as {@code --set a.b}. */
  static Place named(String source) {
    return new Place(source, 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? source : "%s:%d:%d".formatted(source, line, column);
  }
}
