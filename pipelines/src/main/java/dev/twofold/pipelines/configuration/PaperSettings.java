package dev.twofold.pipelines.configuration;

import dev.twofold.pipelines.paper.PublishedScore;
import dev.twofold.pipelines.paper.PublishedTable;
import dev.twofold.pipelines.paper.PublishedTables;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the report says of the paper that an experiment reproduces: the published table that it sets
 * beside the results, and the paper's data that tasks stand for. It shapes the report alone, so it
 * is in no key.
 *
 * @param table its name, as in {@code DAMTL Table 4}; none where no table is of the same methods
 *     and tasks
 * @param columns the paper's name for the data of each task, written {@code group/task}: a column
 *     of the table
 * @param rows the table's row for each method's label
 * @param substitutes the paper's data that a task stands for, by {@code group/task}, as in {@code
 *     Product (Office-Home)}; the report says it under its table of accuracies and beside the task
 *     under Data
 */
public record PaperSettings(
    String table,
    Map<String, String> columns,
    Map<String, String> rows,
    Map<String, String> substitutes) {

  public PaperSettings {
    columns = ordered(columns);
    rows = ordered(rows);
    substitutes = ordered(substitutes);
  }

  private static Map<String, String> ordered(Map<String, String> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** A task as the keys of this record name it. */
  public static String taskOf(String group, String task) {
    return group + "/" + task;
  }

  /** The table itself; empty where none is named. */
  public Optional<PublishedTable> published() {
    return Optional.ofNullable(table).flatMap(PublishedTables::find);
  }

  /** The paper's data that a task stands for; empty where it has the paper's own. */
  public String substitute(String group, String task) {
    return substitutes.getOrDefault(taskOf(group, task), "");
  }

  /** The paper's name for a task's data; empty where none is given. */
  public String column(String group, String task) {
    return columns.getOrDefault(taskOf(group, task), "");
  }

  /** The published score that a method's score on a task is compared with. */
  public Optional<PublishedScore> score(String label, String group, String task) {
    String row = rows.get(label);
    String column = columns.get(taskOf(group, task));
    return row == null || column == null
        ? Optional.empty()
        : published().flatMap(published -> published.score(row, column));
  }
}
