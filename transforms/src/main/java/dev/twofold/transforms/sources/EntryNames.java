package dev.twofold.transforms.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an entry's name says before its content is read. */
final class EntryNames {
  private static final Set<String> DROSS =
      Set.of("__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin");
  private static final Set<String> SIDE_FILES =
      Set.of(
          "txt", "md", "rst", "csv", "tsv", "json", "xml", "yaml", "yml", "mat", "html", "htm",
          "pdf", "py", "m", "log", "db", "sh", "license", "zip", "tar", "gz", "tgz");

  private EntryNames() {}

  /** The name's parts, without {@code .}; both slashes separate, as some Windows tools write. */
  static List<String> parts(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.replace('\\', '/').split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** Why an entry of this name cannot be an image of the dataset. */
  static Optional<String> refusal(String path) {
    if (path.startsWith("/") || path.startsWith("\\") || path.matches("^[A-Za-z]:[/\\\\].*")) {
      return Optional.of("absolute path");
    }
    if (parts(path).contains("..")) {
      return Optional.of("escapes from the archive");
    }
    return hasControlCharacters(path)
        ? Optional.of("control characters in its name")
        : Optional.empty();
  }

  /** From 0x80 on they are letters of old code pages, read as ISO 8859-1. */
  static boolean hasControlCharacters(String text) {
    return text.chars().anyMatch(c -> c < 0x20 || c == 0x7f);
  }

  /** Files that systems leave behind: hidden ones, thumbnails, resource forks. */
  static boolean isDross(List<String> parts) {
    return parts.isEmpty()
        || parts.stream()
            .anyMatch(
                part ->
                    (part.startsWith(".") && !part.equals(".."))
                        || DROSS.contains(part.toLowerCase(Locale.ROOT)));
  }

  /** Files that accompany a dataset outside of its class folders, by their extension. */
  static boolean isSideFile(String fileName) {
    return fileName.indexOf('.') < 0 || isPlainlyNoImage(fileName);
  }

  /** By its extension. A file without one may be an image, and in a class folder counts as one. */
  static boolean isPlainlyNoImage(String fileName) {
    int dot = fileName.lastIndexOf('.');
    return dot >= 0 && SIDE_FILES.contains(fileName.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
