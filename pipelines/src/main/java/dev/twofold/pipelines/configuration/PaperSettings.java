package dev.twofold.pipelines.configuration;

import dev.twofold.pipelines.paper.PublishedScore;
import dev.twofold.pipelines.paper.PublishedTable;
import dev.twofold.pipelines.paper.PublishedTables;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which published table the report sets beside the results. It shapes the report alone, so it is in
 * no key.
 *
 * @param table its name, as in {@code DAMTL Table 4}
 * @param columns the table's column for each task, written {@code group/task}
 * @param rows the table's row for each method's label
 * @param substitutes what stands for the paper's data, by {@code group/task}, as in {@code Product
 *     → caltech256-10}; the report says it under its table
 */
public record PaperSettings(
    @Required String table,
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

  /** The table itself. */
  public PublishedTable published() {
    return PublishedTables.find(table).orElseThrow();
  }

  /** What stands for the paper's data at a task; empty where nothing does. */
  public String substitute(String group, String task) {
    return substitutes.getOrDefault(taskOf(group, task), "");
  }

  /** The column that a task stands for; empty where it stands for none. */
  public String column(String group, String task) {
    return columns.getOrDefault(taskOf(group, task), "");
  }

  /** The published score that a method's score on a task is compared with. */
  public Optional<PublishedScore> score(String label, String group, String task) {
    String row = rows.get(label);
    String column = columns.get(taskOf(group, task));
    return row == null || column == null ? Optional.empty() : published().score(row, column);
  }
}
