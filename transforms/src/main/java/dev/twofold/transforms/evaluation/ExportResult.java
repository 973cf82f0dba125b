package dev.twofold.transforms.evaluation;

import dev.twofold.transforms.training.ModelRequest;
import java.util.List;

/**
 * What an export made, and what it measured: {@code export.json} beside the models.
 *
 * @param original all of the models as trained
 * @param exported all of the models as exported
 * @param layers what became of each convolution layer; empty where nothing changed
 */
public record ExportResult(
    ModelRequest.Export.Form form,
    List<TaskModel> tasks,
    Size original,
    Size exported,
    List<Layer> layers) {

  public static final String FILE = "export.json";

  public ExportResult {
    tasks = List.copyOf(tasks);
    layers = List.copyOf(layers);
  }

  /**
   * A task's exported network.
   *
   * @param path of its SavedModel, relative to the export
   * @param signature that answers for the task
   * @param fit how its dataset's images came to this size: stretch, crop, pad or ink
   * @param classes in the order of the probabilities
   * @param largestDifference between the probabilities of the two on the test side
   */
  public record TaskModel(
      String task,
      String path,
      String signature,
      int height,
      int width,
      int channels,
      String fit,
      List<String> classes,
      Measured original,
      Measured exported,
      double largestDifference) {}

  /**
   * A network on the test side.
   *
   * @param multiplyAdds of one image
   */
  public record Measured(double accuracy, long multiplyAdds, double imagesPerSecond) {}

  /** What is stored. */
  public record Size(long bytes, long parameters) {

    Size plus(Size other) {
      return new Size(bytes + other.bytes, parameters + other.parameters);
    }
  }

  /**
   * A convolution layer.
   *
   * @param tasks that it belongs to
   * @param stored kernels that are stored
   * @param kernels that the columns had
   */
  public record Layer(List<String> tasks, String name, int stored, int kernels) {}
}
