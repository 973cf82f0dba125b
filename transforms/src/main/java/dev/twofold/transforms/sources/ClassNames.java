package dev.twofold.transforms.sources;

import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Readable names for the classes that a source knows by identifiers, such as WordNet's.
 *
 * <p>Two identifiers with one name (ImageNet has two cranes) stay two classes: {@code crane
 * (n02012849)}.
 */
public final class ClassNames {
  private final Map<String, String> names;

  private ClassNames(Map<String, String> names) {
    this.names = Map.copyOf(names);
  }

  /** Every class keeps the source's name. */
  public static ClassNames none() {
    return new ClassNames(Map.of());
  }

  /**
   * Reads {@code identifier TAB name} lines, or a CSV file of two columns.
   *
   * @throws DataRefusedException naming dataset and file, when that is not what it holds
   */
  public static ClassNames read(String dataset, Path file) {
    Map<String, String> names = new HashMap<>();
    for (DelimitedText.Row row : rows(dataset, file)) {
      List<String> fields = row.fields();
      if (fields.size() < 2 || fields.get(0).isBlank() || fields.get(1).isBlank()) {
        throw new DataRefusedException(
            "Cannot read dataset %s: %s: %s is no pair of identifier and name"
                .formatted(dataset, file, fields));
      }
      String name = fields.get(1).strip();
      if (EntryNames.hasControlCharacters(name)) {
        throw new DataRefusedException(
            "Cannot read dataset %s: %s: line %d: the name of %s has a tab, a line break or the like (take it out)"
                .formatted(dataset, file, row.line(), fields.get(0).strip()));
      }
      names.put(fields.get(0).strip(), name);
    }
    return new ClassNames(unambiguous(names));
  }

  /** The readable name, or the identifier where there is none. */
  public String of(String identifier) {
    return names.getOrDefault(identifier, identifier);
  }

  private static List<DelimitedText.Row> rows(String dataset, Path file) {
    try {
      return DelimitedText.rows(file.getFileName().toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: cannot read the class names: %s"
              .formatted(dataset, FileTrouble.reason(file, e)),
          e);
    }
  }

  private static Map<String, String> unambiguous(Map<String, String> names) {
    Map<String, Integer> uses = new HashMap<>();
    names.values().forEach(name -> uses.merge(name, 1, Integer::sum));
    Map<String, String> result = new HashMap<>();
    names.forEach(
        (identifier, name) ->
            result.put(identifier, uses.get(name) > 1 ? name + " (" + identifier + ")" : name));
    return result;
  }
}
