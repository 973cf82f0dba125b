package dev.twofold.pipelines.report;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.TaskFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tasks and their images, as Table 1 of MTAL and Tables 2 and 3 of DAMTL tell them. */
final class DataTable {
  static final List<String> HEADS =
      List.of(
          "group",
          "task",
          "dataset",
          "image size",
          "classes",
          "of them in the auxiliary task",
          "training images",
          "test images");

  private DataTable() {}

  /** A row a task; numbers of images are empty until a trial has counted them. */
  static List<List<String>> rows(ReportData data) {
    return data.tasks().stream().map(task -> row(data, task)).toList();
  }

  private static List<String> row(ReportData data, TaskFacts task) {
    ImageShape shape = task.shape();
    Optional<Sides> sides = data.sides(Map.of(), PaperSettings.taskOf(task.group(), task.task()));
    return List.of(
        task.group(),
        task.task(),
        task.dataset(),
        "%d × %d × %d".formatted(shape.height(), shape.width(), shape.channels()),
        "" + task.classes(),
        task.covered() == null ? "" : "" + task.covered(),
        sides.map(images -> "" + images.train()).orElse(""),
        sides.map(images -> "" + images.test()).orElse(""));
  }
}
