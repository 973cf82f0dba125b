package dev.twofold.pipelines.configuration;

import java.nio.file.Path;

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

  /** The file of this path: relative to the file of this place, where it is one. */
  Path sibling(String path) {
    Path named = Path.of(path);
    return (line == 0 ? named : Path.of(source).resolveSibling(named)).normalize();
  }

  @Override
  public String toString() {
    return line == 0 ? source : "%s:%d:%d".formatted(source, line, column);
  }
}
