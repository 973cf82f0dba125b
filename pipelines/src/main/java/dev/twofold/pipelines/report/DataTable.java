package dev.twofold.pipelines.report;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.TaskFacts;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tasks and their images, as Table 1 of MTAL and Tables 2 and 3 of DAMTL tell them. */
final class DataTable {
  private static final List<String> HEADS =
      List.of(
          "group",
          "task",
          "dataset",
          "image size",
          "classes",
          "in the auxiliary task",
          "in common",
          "training images",
          "test images");

  /** Behind the dataset's name, and only where a task has other data than the paper's. */
  private static final int STANDS_FOR = 3;

  private static final String REMARK =
      "In the auxiliary task: classes that it has too; in common: classes whose very name another task"
          + " of the group has, which those of a like meaning may not (bike, touring-bike).";

  private static final String SEARCHED =
      " Test images in scores: without those that a search for settings has looked at"
          + " (split.searched), the least and the most of a repeat; they train as they would.";

  private static final String SUBSTITUTED =
      " Stands for: the paper's data in whose place these are.";

  private DataTable() {}

  static List<String> heads(ReportData data) {
    return hasSubstitutes(data) ? with("stands for", HEADS) : HEADS;
  }

  /** How many of the heads, the first ones, are above words. */
  static int texts(ReportData data) {
    return heads(data).indexOf("classes");
  }

  /** What all formats say below the table. */
  static String remark(ReportData data) {
    return REMARK
        + (hasSubstitutes(data) ? SUBSTITUTED : "")
        + (data.tasks().stream().anyMatch(TaskFacts::searched) ? SEARCHED : "");
  }

  private static boolean hasSubstitutes(ReportData data) {
    return data.tasks().stream().anyMatch(task -> !substituted(data, task).isEmpty());
  }

  private static String substituted(ReportData data, TaskFacts task) {
    return data.paper().map(paper -> paper.substitute(task.group(), task.task())).orElse("");
  }

  private static List<String> with(String standsFor, List<String> cells) {
    List<String> all = new ArrayList<>(cells);
    all.add(STANDS_FOR, standsFor);
    return List.copyOf(all);
  }

  /**
   * A row a task; numbers of images, and of classes in common, are empty until a trial has counted
   * them.
   */
  static List<List<String>> rows(ReportData data) {
    return data.tasks().stream().map(task -> row(data, task)).toList();
  }

  private static List<String> row(ReportData data, TaskFacts task) {
    Optional<Sides> sides = sides(data, task);
    List<String> cells =
        List.of(
            task.group(),
            task.task(),
            task.dataset(),
            size(task.shape()),
            "" + task.classes(),
            task.covered() == null ? "" : "" + task.covered(),
            inCommon(data, task),
            sides.map(images -> "" + images.train()).orElse(""),
            sides.map(images -> tested(data, task, images)).orElse(""));
    return hasSubstitutes(data) ? with(substituted(data, task), cells) : cells;
  }

  private static Optional<Sides> sides(ReportData data, TaskFacts task) {
    return data.sides(Map.of(), PaperSettings.taskOf(task.group(), task.task()));
  }

  private static String tested(ReportData data, TaskFacts task, Sides sides) {
    IntSummaryStatistics scored =
        data.trialsOf(task.group())
            .flatMap(trial -> trial.result().stream())
            .map(result -> result.tasks().get(task.task()))
            .filter(Objects::nonNull)
            .mapToInt(result -> result.classes().stream().mapToInt(ClassResult::support).sum())
            .summaryStatistics();
    if (!task.searched() || scored.getCount() == 0) {
      return "" + sides.test();
    }
    return scored.getMin() == scored.getMax()
        ? "%d, %d in scores".formatted(sides.test(), scored.getMin())
        : "%d, %d–%d in scores".formatted(sides.test(), scored.getMin(), scored.getMax());
  }

  static String size(ImageShape shape) {
    return "%d × %d × %d".formatted(shape.height(), shape.width(), shape.channels());
  }

  /** By the names that a trial with all tasks of the group has tested. */
  private static String inCommon(ReportData data, TaskFacts task) {
    List<String> tasks = data.tasksOf(task.group());
    return data.trialsOf(task.group())
        .flatMap(trial -> trial.result().stream())
        .filter(result -> result.tasks().keySet().containsAll(tasks))
        .findFirst()
        .map(result -> "" + inCommon(result.tasks(), task.task()))
        .orElse("");
  }

  private static long inCommon(Map<String, TaskResult> tasks, String task) {
    Set<String> others =
        tasks.entrySet().stream()
            .filter(other -> !other.getKey().equals(task))
            .flatMap(other -> classes(other.getValue()))
            .collect(Collectors.toSet());
    return classes(tasks.get(task)).filter(others::contains).count();
  }

  private static Stream<String> classes(TaskResult task) {
    return task.classes().stream().map(ClassResult::name);
  }
}
