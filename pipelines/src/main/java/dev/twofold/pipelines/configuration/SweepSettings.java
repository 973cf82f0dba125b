package dev.twofold.pipelines.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Values to try, by dotted key.
 *
 * @param product every combination of these is tried
 * @param zip the values of a block's lists are taken side by side; blocks multiply
 */
record SweepSettings(Map<String, List<Tree>> product, List<Map<String, List<Tree>>> zip) {

  static final String ZIP = "zip";

  /** What a run has one of, whatever it sweeps. */
  private static final Set<String> OF_THE_RUN =
      Set.of(
          "extends",
          "keepModels",
          "name",
          "paper",
          "repeats",
          "sweep",
          "tracking",
          "workdir",
          "workers");

  /** What all points have alike: tables have one column a task. */
  private static final Pattern TASKS = Pattern.compile("groups(\\.[^.]+(\\.tasks(\\..*)?)?)?");

  static final SweepSettings NONE = new SweepSettings(Map.of(), List.of());

  static SweepSettings read(Tree tree, String path, Binder binder) {
    Map<String, Tree.Entry> product = new LinkedHashMap<>(binder.mapping(tree, path).entries());
    Tree.Entry zip = product.remove(ZIP);
    return new SweepSettings(lists(product, path, binder), zips(zip, path, binder));
  }

  /** Every point, as dotted keys with a value each; one without keys when nothing is swept. */
  List<Map<String, Tree>> points() {
    List<Map<String, Tree>> points = List.of(Map.of());
    for (var swept : product.entrySet()) {
      points = multiply(points, sideBySide(Map.of(swept.getKey(), swept.getValue())));
    }
    for (Map<String, List<Tree>> block : zip) {
      points = multiply(points, sideBySide(block));
    }
    return points;
  }

  private static List<Map<String, Tree>> sideBySide(Map<String, List<Tree>> block) {
    int length = block.values().stream().mapToInt(List::size).min().orElse(0);
    List<Map<String, Tree>> rows = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Map<String, Tree> row = new LinkedHashMap<>();
      for (var swept : block.entrySet()) {
        row.put(swept.getKey(), swept.getValue().get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<Map<String, Tree>> multiply(
      List<Map<String, Tree>> points, List<Map<String, Tree>> rows) {
    List<Map<String, Tree>> multiplied = new ArrayList<>();
    for (Map<String, Tree> point : points) {
      for (Map<String, Tree> row : rows) {
        Map<String, Tree> joined = new LinkedHashMap<>(point);
        joined.putAll(row);
        multiplied.add(joined);
      }
    }
    return multiplied;
  }

  private static List<Map<String, List<Tree>>> zips(Tree.Entry zip, String path, Binder binder) {
    List<Map<String, List<Tree>>> blocks = new ArrayList<>();
    if (zip == null) {
      return blocks;
    }
    if (!(zip.value() instanceof Tree.Sequence sequence)) {
      binder.invalid(zip.value(), path + ".zip", "a list, as in [{a: [1, 2], b: [3, 4]}]");
      return blocks;
    }
    for (Tree item : sequence.items()) {
      String where = path + ".zip";
      Map<String, List<Tree>> block = lists(binder.mapping(item, where).entries(), where, binder);
      if (block.values().stream().map(List::size).distinct().count() > 1) {
        binder.invalid(item, where, "lists of equal length");
      }
      blocks.add(block);
    }
    return blocks;
  }

  private static Map<String, List<Tree>> lists(
      Map<String, Tree.Entry> entries, String path, Binder binder) {
    Map<String, List<Tree>> lists = new LinkedHashMap<>();
    entries.forEach(
        (key, entry) -> {
          String first = key.replaceFirst("\\..*", "");
          if (OF_THE_RUN.contains(first)) {
            binder.invalid(
                entry.value(),
                path + "." + key,
                "left away: a run has one `%s`, so give a run for each".formatted(first));
          } else if (TASKS.matcher(key).matches()) {
            binder.invalid(
                entry.value(),
                path + "." + key,
                "left away: tasks may not be swept, so give a group for each");
          } else if (entry.value() instanceof Tree.Sequence sequence
              && !sequence.items().isEmpty()) {
            lists.put(key, sequence.items());
          } else {
            binder.invalid(entry.value(), path + "." + key, "a list of at least one value");
          }
        });
    return lists;
  }
}
