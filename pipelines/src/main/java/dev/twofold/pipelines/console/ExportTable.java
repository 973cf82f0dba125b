package dev.twofold.pipelines.console;

import dev.twofold.transforms.evaluation.ExportResult;
import dev.twofold.transforms.evaluation.ExportResult.Layer;
import dev.twofold.transforms.evaluation.ExportResult.Measured;
import dev.twofold.transforms.evaluation.ExportResult.TaskModel;
import dev.twofold.transforms.training.ModelRequest.Export.Form;
import java.util.Locale;

/** An export's networks beside the trained ones. */
public final class ExportTable {
  private static final String ROW = "%-42s %15s %15s%n";

  private ExportTable() {}

  /** What is stored, then a section a task, then the layers that changed. */
  public static String of(ExportResult result) {
    StringBuilder text = new StringBuilder();
    text.append(ROW.formatted("", "trained", "exported"));
    text.append(row("bytes", result.original().bytes(), result.exported().bytes()));
    text.append(row("parameters", result.original().parameters(), result.exported().parameters()));
    for (TaskModel task : result.tasks()) {
      append(text, task);
    }
    for (Layer layer : result.layers()) {
      if (layer.stored() < layer.kernels()) {
        text.append(
            "%s %s: %d of %d kernels%n"
                .formatted(
                    String.join("+", layer.tasks()),
                    layer.name(),
                    layer.stored(),
                    layer.kernels()));
      }
    }
    if (result.form() == Form.PRUNED && isUnchanged(result)) {
      text.append("No channel could go: nothing was pruned (lambda1 presses on masks)\n");
    }
    return text.toString();
  }

  private static boolean isUnchanged(ExportResult result) {
    return result.layers().stream().allMatch(layer -> layer.stored() == layer.kernels());
  }

  private static void append(StringBuilder text, TaskModel task) {
    Measured before = task.original();
    Measured after = task.exported();
    String name = Text.cut(Text.printable(task.task()), 24);
    text.append(row(name + " multiply-adds", before.multiplyAdds(), after.multiplyAdds()));
    text.append(
        ROW.formatted(
            name + " accuracy", Text.decimals(before.accuracy()), Text.decimals(after.accuracy())));
    text.append(
        row(
            name + " images/s",
            Math.round(before.imagesPerSecond()),
            Math.round(after.imagesPerSecond())));
    text.append(
        ROW.formatted(
            name + " largest difference",
            "",
            String.format(Locale.ROOT, "%.1e", task.largestDifference())));
  }

  private static String row(String name, long before, long after) {
    return ROW.formatted(
        name, String.format(Locale.ROOT, "%,d", before), String.format(Locale.ROOT, "%,d", after));
  }
}
