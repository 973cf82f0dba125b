package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A column of the papers' tables: a task, the mean of a group's tasks, or the mean of the groups.
 *
 * @param group empty for the mean of the groups
 * @param task empty for a mean
 */
record Column(String group, String task) {

  static final Column MEAN_OF_GROUPS = new Column("", "");

  /** All of a report's, group by group; a mean of one thing is left out. */
  static List<Column> of(ReportData data) {
    List<Column> columns = new ArrayList<>();
    data.groups().forEach(group -> columns.addAll(of(group)));
    if (data.groups().size() > 1) {
      columns.add(MEAN_OF_GROUPS);
    }
    return columns;
  }

  /** A group's: its tasks, and their mean where there are several. */
  static List<Column> of(Group group) {
    List<Column> columns = new ArrayList<>();
    group.tasks().forEach(task -> columns.add(new Column(group.name(), task)));
    if (group.tasks().size() > 1) {
      columns.add(new Column(group.name(), ""));
    }
    return columns;
  }

  /** The same with the means before the tasks. */
  static List<Column> meansFirst(ReportData data) {
    return of(data).stream().sorted(Comparator.comparing(Column::isTask)).toList();
  }

  boolean isTask() {
    return !task.isEmpty();
  }

  /** The column's head below its group's. */
  String title() {
    if (isTask()) {
      return task;
    }
    return group.isEmpty() ? "mean of groups" : "mean of tasks";
  }

  /** The column's head where groups have none of their own. */
  String fullTitle() {
    return group.isEmpty() ? title() : group + " · " + title();
  }
}
