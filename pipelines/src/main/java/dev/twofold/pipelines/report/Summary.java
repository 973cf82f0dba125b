package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The result table: group × method × task, averaged over the repeats that finished. */
public record Summary(List<Table> tables) {

  public Summary {
    tables = List.copyOf(tables);
  }

  /** One group's part of the table. */
  public record Table(String group, List<String> tasks, List<Row> rows) {

    public Table {
      tasks = List.copyOf(tasks);
      rows = List.copyOf(rows);
    }

    /** Names of the columns of scores: the tasks, and their mean where there are several. */
    public List<String> columns() {
      return tasks.size() == 1
          ? tasks
          : Stream.concat(tasks.stream(), Stream.of("mean of tasks")).toList();
    }
  }

  /**
   * One method of a group.
   *
   * @param name of the method in the configuration, with the sweep's values
   * @param planned repeats, finished or not
   * @param finished repeats
   * @param accuracy one for each of the table's columns
   */
  public record Row(String name, String method, int planned, int finished, List<Spread> accuracy) {

    public Row {
      accuracy = List.copyOf(accuracy);
    }

    /** {@code 3}, or {@code 2 of 3} where some did not finish. */
    public String repeats() {
      return finished == planned ? "" + planned : finished + " of " + planned;
    }
  }

  /** Averages the trials of a run. */
  public static Summary of(ReportData data) {
    Scores scores = new Scores(data, TaskResult::accuracy);
    return new Summary(data.groups().stream().map(group -> table(group, data, scores)).toList());
  }

  private static Table table(Group group, ReportData data, Scores scores) {
    Map<Variant, List<Trial>> byVariant =
        data.trialsOf(group.name())
            .collect(
                Collectors.groupingBy(
                    trial -> Variant.of(trial.spec()), LinkedHashMap::new, Collectors.toList()));
    List<Row> rows = new ArrayList<>();
    byVariant.forEach((variant, repeats) -> rows.add(row(variant, group, repeats, scores)));
    return new Table(group.name(), group.tasks(), rows);
  }

  private static Row row(Variant variant, Group group, List<Trial> trials, Scores scores) {
    return new Row(
        variant.name(),
        variant.method(),
        trials.size(),
        (int) trials.stream().filter(trial -> trial.result().isPresent()).count(),
        Column.of(group).stream().map(column -> scores.spread(variant, column)).toList());
  }
}
