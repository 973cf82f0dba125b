package dev.twofold.transforms.parquet;

import dev.twofold.models.Task;
import dev.twofold.transforms.parquet.DatasetReader.RowGroup;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which rows of a dataset make one side of a task, in the order of their id, and where they lie.
 */
final class RowIndex {
  private final List<RowGroup> groups;
  private final List<Row> rows;

  private RowIndex(List<RowGroup> groups, List<Row> rows) {
    this.groups = groups;
    this.rows = rows;
  }

  /**
   * One row and where it lies.
   *
   * @param group index of its row group
   * @param position within the row group
   */
  record Row(String id, int label, int group, int position) {}

  private record Located(
      String id, String className, String sourceSplit, String content, int group, int position) {}

  /**
   * @param without splits whose test sides are left out
   */
  static RowIndex read(Path dataset, Task task, Side side, Split split, List<Split> without)
      throws IOException {
    List<RowGroup> groups = new ArrayList<>();
    List<Located> all = new ArrayList<>();
    for (Path part : DatasetReader.parts(dataset)) {
      List<RowGroup> ofPart = DatasetReader.rowGroups(part);
      Cursor cursor = new Cursor(ofPart, groups.size());
      DatasetReader.forEachIndex(
          part,
          (id, className, sourceSplit, content) ->
              all.add(cursor.next(id, className, sourceSplit, content)));
      groups.addAll(ofPart);
    }
    Predicate<Located> onSide = on(side, split, task, all);
    for (Split other : without) {
      onSide = onSide.and(on(Side.TEST, other, task, all).negate());
    }
    Map<String, Integer> labels = labels(dataset, task, all);
    List<Row> rows =
        all.stream()
            .filter(located -> labels.containsKey(located.className()))
            .filter(onSide)
            .map(located -> row(located, labels))
            .sorted(Comparator.comparing(Row::id))
            .toList();
    if (rows.isEmpty()) {
      throw new DataRefusedException(
          "Cannot use task %s: it has no image on the %s side, split by %s%s (give it more images or classes, or another split)"
              .formatted(
                  task.name(),
                  side == Side.TEST ? "test" : "training",
                  split.settings(),
                  without.isEmpty() ? "" : ", without what split.searched leaves out"));
    }
    return new RowIndex(List.copyOf(groups), rows);
  }

  private static Predicate<Located> on(Side side, Split split, Task task, List<Located> all) {
    Optional<Pattern> object = Optional.ofNullable(split.object()).map(Pattern::compile);
    Function<Located, SplitFunction.Row> row =
        located ->
            new SplitFunction.Row(
                located.className(),
                object
                    .filter(pattern -> SplitFunction.isWanted(split, located.sourceSplit()))
                    .map(pattern -> object(pattern, task, located.id()))
                    .orElse(located.content()),
                located.sourceSplit());
    SplitFunction sides = SplitFunction.of(split, all.stream().map(row).toList());
    return located -> sides.contains(side, row.apply(located));
  }

  private static String object(Pattern pattern, Task task, String id) {
    Matcher matcher = pattern.matcher(id);
    if (!matcher.find() || matcher.group(Math.min(1, matcher.groupCount())) == null) {
      throw new DataRefusedException(
          "Cannot split task %s by object: split.object %s finds none in %s (must find one in every path)"
              .formatted(task.name(), pattern, id));
    }
    return matcher.group(Math.min(1, matcher.groupCount()));
  }

  int size() {
    return rows.size();
  }

  int label(int row) {
    return rows.get(row).label();
  }

  String id(int row) {
    return rows.get(row).id();
  }

  List<Row> rows() {
    return rows;
  }

  List<RowGroup> groups() {
    return groups;
  }

  private static Row row(Located located, Map<String, Integer> labels) {
    int label = labels.get(located.className());
    return new Row(located.id(), label, located.group(), located.position());
  }

  private static Map<String, Integer> labels(Path dataset, Task task, List<Located> all) {
    Set<String> existing = all.stream().map(Located::className).collect(Collectors.toSet());
    Map<String, Integer> labels = new HashMap<>();
    for (String name : task.classes()) {
      if (!existing.contains(name)) {
        throw new DataRefusedException(
            "Cannot use dataset %s for task %s: it has no image of class %s (it has %s)"
                .formatted(
                    dataset, task.name(), name, existing.stream().sorted().limit(20).toList()));
      }
      labels.put(name, labels.size());
    }
    return labels;
  }

  /** Walks through a file's rows and knows in which group each lies. */
  private static final class Cursor {
    private final List<RowGroup> groups;
    private final int offset;
    private int group;
    private int position;

    Cursor(List<RowGroup> groups, int offset) {
      this.groups = groups;
      this.offset = offset;
    }

    Located next(String id, String className, String sourceSplit, String content) {
      while (position == groups.get(group).rows()) {
        group++;
        position = 0;
      }
      return new Located(id, className, sourceSplit, content, offset + group, position++);
    }
  }
}
