package dev.twofold.transforms.sources;

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
    for (List<String> row : rows(dataset, file)) {
      if (row.size() < 2 || row.get(0).isBlank() || row.get(1).isBlank()) {
        throw new DataRefusedException(
            "Cannot read dataset %s: %s: %s is no pair of identifier and name"
                .formatted(dataset, file, row));
      }
      names.put(row.get(0).strip(), row.get(1).strip());
    }
    return new ClassNames(unambiguous(names));
  }

  /** The readable name, or the identifier where there is none. */
  public String of(String identifier) {
    return names.getOrDefault(identifier, identifier);
  }

  private static List<List<String>> rows(String dataset, Path file) {
    try {
      return DelimitedText.parse(file.getFileName().toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s: cannot read the class names: %s".formatted(dataset, file, e),
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
