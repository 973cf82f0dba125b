package dev.twofold.pipelines.configuration;

import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.sources.DelimitedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Classes of a task as classes of the auxiliary task: written out, or the path of a CSV or TSV file
 * of two columns, relative to the file that names it, in which lines that begin with # are
 * comments.
 *
 * @param classes class here to class of the auxiliary task
 * @param places where each class here is written
 */
public record LabelMap(Map<String, String> classes, Map<String, Place> places) {

  static final LabelMap NONE = new LabelMap(Map.of(), Map.of());

  public LabelMap {
    classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    places = Map.copyOf(places);
  }

  /** This map with the entries of another in place of its own. */
  public LabelMap with(LabelMap other) {
    Map<String, String> allClasses = new LinkedHashMap<>(classes);
    Map<String, Place> allPlaces = new LinkedHashMap<>(places);
    allClasses.putAll(other.classes);
    allPlaces.putAll(other.places);
    return new LabelMap(allClasses, allPlaces);
  }

  static LabelMap read(Tree tree, String path, Binder binder) {
    return tree instanceof Tree.Scalar scalar && !Tree.isNothing(tree)
        ? ofFile(scalar, binder.problems())
        : inline(binder.mapping(tree, path), path, binder);
  }

  private static LabelMap inline(Tree.Mapping mapping, String path, Binder binder) {
    Map<String, String> classes = new LinkedHashMap<>();
    Map<String, Place> places = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (own, entry) -> {
              String at = Binder.join(path, own);
              classes.put(own, (String) binder.value(entry.value(), String.class, at));
              places.put(own, entry.key());
            });
    return new LabelMap(classes, places);
  }

  private static LabelMap ofFile(Tree.Scalar path, Problems problems) {
    Path file = path.place().sibling(path.text());
    try {
      return ofRows(DelimitedText.rows(path.text(), Files.readAllBytes(file)), file, problems);
    } catch (NoSuchFileException e) {
      problems.add("Cannot read label map %s: there is no such file".formatted(file), path.place());
    } catch (IOException e) {
      problems.add("Cannot read label map " + FileTrouble.reason(file, e), path.place());
    }
    return NONE;
  }

  private static LabelMap ofRows(List<DelimitedText.Row> rows, Path file, Problems problems) {
    Map<String, String> classes = new LinkedHashMap<>();
    Map<String, Place> places = new LinkedHashMap<>();
    for (DelimitedText.Row row : rows) {
      Place place = new Place(file.toString(), row.line(), 1);
      List<String> fields = row.fields().stream().map(String::strip).toList();
      if (fields.get(0).startsWith("#")) {
        continue;
      }
      if (fields.size() != 2 || fields.contains("")) {
        problems.add(
            "Invalid row of a label map: " + String.join(" | ", fields),
            place,
            "must be a class here and a class of the auxiliary task");
      } else if (places.putIfAbsent(fields.get(0), place) != null) {
        problems.add(
            "Duplicate class `%s` in a label map".formatted(fields.get(0)),
            place,
            "it stands at %s already".formatted(places.get(fields.get(0))));
      } else {
        classes.put(fields.get(0), fields.get(1));
      }
    }
    return new LabelMap(classes, places);
  }
}
