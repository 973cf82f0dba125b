package dev.twofold.transforms.evaluation;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.DatasetSummary;
import dev.twofold.transforms.predict.PredictionTable;
import dev.twofold.transforms.predict.PreparedPart;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TaskSources;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.UnitModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Classifies prepared images with a task's exported network, through DJL. */
public final class ImagePrediction {
  private final ModelRequest.Predict predict;
  private final ArtifactStore store;
  private final UnitModels models;
  private final TaskSpec task;
  private final Path prepared;
  private final ImageShape shape;

  public ImagePrediction(ModelRequest request, ModelRequest.Predict predict) {
    this.predict = predict;
    this.store = new ArtifactStore(request.path());
    this.prepared = Path.of(predict.prepared());
    this.models =
        new UnitModels(
            store, new TaskSources(store, request.inMemory()), prepared.resolve("models"));
    this.task =
        predict.unit().unit().tasks().stream()
            .filter(spec -> spec.name().equals(predict.task()))
            .findFirst()
            .orElseThrow();
    this.shape = shape();
  }

  /**
   * Writes the predictions.
   *
   * @param stop asked before every part
   * @return whether the file is whole
   */
  public boolean run(BooleanSupplier stop) throws IOException {
    Path model = models.model(predict.unit(), task.name());
    try (Classifier classifier = Classifier.load(model, shape);
        PredictionTable table = PredictionTable.open(Path.of(predict.output()))) {
      int parts = PreparedPart.count(prepared);
      for (int number = 0; number < parts; number++) {
        if (stop.getAsBoolean()) {
          return false;
        }
        classify(PreparedPart.read(prepared, number), number, classifier, table);
      }
      return true;
    }
  }

  private ImageShape shape() {
    return DatasetSummary.read(store.directory(new StageKey("ingest", task.datasets().get(0))))
        .shape();
  }

  private void classify(PreparedPart part, int number, Classifier classifier, PredictionTable table)
      throws IOException {
    byte[] pixels = Files.readAllBytes(PreparedPart.pixels(prepared, number));
    int count = pixels.length / shape.size();
    float[][] probabilities =
        count == 0 ? new float[0][] : classifier.predict(new Batch(pixels, new int[count]));
    int row = 0;
    for (PreparedPart.Image image : part.images()) {
      if (image.reason() != null) {
        table.failed(image.name(), image.reason());
      } else {
        write(image.name(), probabilities[row++], table);
      }
    }
  }

  /** The most probable classes; of equal ones the first in label order. */
  private void write(String image, float[] probabilities, PredictionTable table)
      throws IOException {
    List<Integer> order =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer k) -> -probabilities[k]))
            .limit(predict.top())
            .toList();
    for (int rank = 1; rank <= order.size(); rank++) {
      int k = order.get(rank - 1);
      table.predicted(image, rank, task.classes().get(k), probabilities[k]);
    }
  }
}
