package dev.twofold.transforms.evaluation;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.evaluation.ActivationMaps;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.Partner;
import dev.twofold.transforms.evaluation.ActivationFigure.Row;
import dev.twofold.transforms.images.Pixels;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TaskSources;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.UnitModels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Draws what the first convolution layers of MTAL's columns make of the first test image of each
 * task.
 */
final class ActivationFigures {
  private static final int LAYERS = 2;

  private final TaskSources sources;
  private final UnitModels models;

  ActivationFigures(TaskSources sources, UnitModels models) {
    this.sources = sources;
    this.models = models;
  }

  /** Writes a figure a layer; none of a unit whose method shares no kernels. */
  void write(ModelRequest.Train unit, Path directory, EventLog log) throws IOException {
    List<String> layers =
        new Backbone(unit.unit().backbone(), 1, Optional.empty())
            .convolutions().stream().limit(LAYERS).map(Convolution::name).toList();
    Optional<Weights> partners = models.partners(unit);
    if (partners.isEmpty()) {
      return;
    }
    List<List<Row>> columns = new ArrayList<>();
    for (TaskSpec spec : unit.unit().tasks()) {
      columns.add(column(unit, spec, partners.get()));
    }
    for (int l = 0; l < layers.size(); l++) {
      int layer = l;
      String figure = "activation-%s.png".formatted(layers.get(layer));
      ActivationFigure.write(
          columns.stream().map(rows -> rows.get(layer)).toList(), directory.resolve(figure));
      log.figure("activation/" + layers.get(layer), figure, 0);
    }
  }

  /** A task's row in each layer's figure. */
  private List<Row> column(ModelRequest.Train unit, TaskSpec spec, Weights partners)
      throws IOException {
    try (BatchSource test = sources.side(spec, Side.TEST)) {
      Task task = test.task();
      Batch first = test.inOrder(0, 1);
      ImageShape shape = task.shape();
      Backbone backbone = new Backbone(unit.unit().backbone(), shape.channels(), Optional.empty());
      BufferedImage image =
          Pixels.picture(first.pixels(), shape.width(), shape.height(), shape.channels());
      String title = "%s (%s)".formatted(task.name(), task.classes().get(first.labels()[0]));
      Weights weights = models.weights(unit, task.name());
      return ActivationMaps.of(backbone, weights, shape, first.pixels(), LAYERS).stream()
          .map(maps -> new Row(title, image, maps, partners(partners, task, maps)))
          .toList();
    }
  }

  private static List<Partner> partners(Weights partners, Task task, ActivationMaps maps) {
    return Partner.of(partners.get(task.name() + "/" + maps.layer()));
  }
}
