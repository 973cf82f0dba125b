package dev.twofold.transforms.sources;

import java.util.List;
import java.util.Locale;

/**
 * How a source says which class and which split a file belongs to.
 *
 * @param labels path of the label file, for {@link Kind#LABEL_FILE}; else empty
 */
public record Layout(Layout.Kind kind, String labels) {
  private static final List<String> LABEL_FILES = List.of(".csv", ".tsv", ".txt");

  /** Where class and split are written. */
  public enum Kind {
    CLASS_FILE,
    SPLIT_CLASS_FILE,
    /** CSV or TSV with the columns file, label and, if there is one, split. */
    LABEL_FILE
  }

  /**
   * From its name in a configuration.
   *
   * @param text {@code class/file}, {@code split/class/file}, or the path of a .csv or .tsv file
   */
  public static Layout parse(String text) {
    return switch (text) {
      case "class/file" -> new Layout(Kind.CLASS_FILE, "");
      case "split/class/file" -> new Layout(Kind.SPLIT_CLASS_FILE, "");
      default -> labelFile(text);
    };
  }

  private static Layout labelFile(String text) {
    if (!isLabelFile(text)) {
      throw new IllegalArgumentException(
          "Invalid layout: %s (must be class/file, split/class/file, or a .csv or .tsv file)"
              .formatted(text));
    }
    return new Layout(Kind.LABEL_FILE, text);
  }

  /** Whether a path may be that of a label file. */
  static boolean isLabelFile(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return LABEL_FILES.stream().anyMatch(lower::endsWith);
  }
}
