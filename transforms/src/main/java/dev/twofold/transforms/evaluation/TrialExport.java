package dev.twofold.transforms.evaluation;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.export.MergedKernels;
import dev.twofold.models.export.MultiplyAdds;
import dev.twofold.models.export.PrunedNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.Mtal;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.evaluation.ExportResult.Layer;
import dev.twofold.transforms.evaluation.ExportResult.Measured;
import dev.twofold.transforms.evaluation.ExportResult.Size;
import dev.twofold.transforms.evaluation.ExportResult.TaskModel;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.ModelRequest.Export.Form;
import dev.twofold.transforms.training.TaskSources;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrainerUnits;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.UnitModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Exports a trial's networks and measures them beside the trained ones, on the test images that are
 * in scores, through DJL.
 */
public final class TrialExport {
  private static final int BATCH = 256;

  /** How long, in nanoseconds, and how often at least, both networks run to be timed. */
  private static final long TIMING = 2_000_000_000L;

  private static final int LEAST_CALLS = 5;

  /** What the sums of float32 may differ by when channels are left out of them. */
  private static final double TOLERANCE = 1e-5;

  private final ModelRequest.Export export;
  private final ArtifactStore store;
  private final TaskSources sources;
  private final UnitModels models;
  private final Path scratch;
  private final Path to;
  private final List<TaskModel> tasks = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private Size original = new Size(0, 0);
  private Size exported = new Size(0, 0);
  private BooleanSupplier stop = () -> false;

  public TrialExport(ModelRequest request, ModelRequest.Export export) {
    this.export = export;
    this.store = new ArtifactStore(request.path());
    this.sources = new TaskSources(store, request.inMemory());
    this.scratch = store.createScratch("export-" + UUID.randomUUID());
    this.models = new UnitModels(store, sources, scratch);
    this.to = Path.of(export.to());
  }

  /**
   * Writes the folder, as a whole or not at all.
   *
   * @param stopped asked before every batch of images
   * @return whether the folder is there
   * @throws IllegalStateException when a pruned network does not predict as the trained one does
   */
  public boolean run(BooleanSupplier stopped) throws IOException {
    stop = stopped;
    Path partial = to.resolveSibling("." + to.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(partial);
      for (int u = 0; u < export.units().size(); u++) {
        write(export.units().get(u), u, partial);
      }
      ExportResult result = new ExportResult(export.form(), tasks, original, exported, layers);
      write(result, partial.resolve(ExportResult.FILE));
      endWhereStopped();
      Files.move(partial, to);
      return true;
    } catch (CancellationException e) {
      return false;
    } finally {
      DurableFiles.deleteTree(partial);
      DurableFiles.deleteTree(scratch);
    }
  }

  private static void write(ExportResult result, Path file) throws IOException {
    byte[] json = TrainingJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(result);
    try {
      Files.write(file, json);
    } catch (IOException e) { // of a full disk, which names no file
      throw new UncheckedIOException("Cannot write " + FileTrouble.reason(file, e), e);
    }
  }

  private void endWhereStopped() {
    if (stop.getAsBoolean()) {
      throw new CancellationException();
    }
  }

  private void write(ModelRequest.Train unit, int number, Path folder) throws IOException {
    if (export.form() == Form.MERGED) {
      merge(unit, "merged-" + (number + 1), folder);
      return;
    }
    for (TaskSpec spec : unit.unit().tasks()) {
      endWhereStopped();
      Path model = folder.resolve(spec.name());
      Weights weights = models.weights(unit, spec.name());
      original = original.plus(new Size(0, parameters(weights)));
      if (export.form() == Form.PRUNED) {
        weights = prune(unit, spec, weights, model);
      } else {
        copy(models.model(unit, spec.name()), model);
      }
      exported = exported.plus(new Size(bytes(model), parameters(weights)));
      measure(unit, spec, folder, spec.name(), SavedModels.SIGNATURE);
    }
  }

  /** The pruned network's weights. */
  private Weights prune(ModelRequest.Train unit, TaskSpec spec, Weights weights, Path model)
      throws IOException {
    Task task = task(spec);
    PrunedNetwork pruned = PrunedNetwork.of(backbone(unit, task), weights);
    SavedModels.write(column(task, pruned.backbone()), pruned.weights(), model);
    pruned
        .layers()
        .forEach(
            layer ->
                layers.add(
                    new Layer(List.of(spec.name()), layer.name(), layer.kept(), layer.channels())));
    return pruned.weights();
  }

  private void merge(ModelRequest.Train unit, String name, Path folder) throws IOException {
    List<TaskSpec> specs = unit.unit().tasks();
    List<Weights> columns = new ArrayList<>();
    List<TaskNetwork> networks = new ArrayList<>();
    for (TaskSpec spec : specs) {
      columns.add(models.weights(unit, spec.name()));
      Task task = task(spec);
      networks.add(column(task, backbone(unit, task)));
    }
    Mtal mtal = TrainerUnits.mtal(unit.unit(), store.directory(unit.stageKey()));
    List<String> convolutions =
        new Backbone(unit.unit().backbone(), 1, Optional.empty())
            .convolutions().stream().map(Convolution::name).toList();
    MergedKernels merged =
        MergedKernels.of(
            convolutions,
            columns,
            mtal.settings(),
            mtal.sharing(specs.stream().map(TaskSpec::name).toList()));
    Path model = folder.resolve(name);
    SavedModels.write(networks, merged, model);

    long stored = 0;
    for (MergedKernels.Layer layer : merged.layers()) {
      stored += layer.bank().values().length;
      layers.add(layer(specs, layer));
    }
    for (int t = 0; t < specs.size(); t++) {
      stored += parameters(merged.own(t));
      original = original.plus(new Size(0, parameters(columns.get(t))));
    }
    exported = exported.plus(new Size(bytes(model), stored));
    for (TaskSpec spec : specs) {
      measure(unit, spec, folder, name, spec.name());
    }
  }

  private static Layer layer(List<TaskSpec> specs, MergedKernels.Layer layer) {
    List<String> names = new ArrayList<>();
    for (int t = 0; t < specs.size(); t++) {
      if (layer.index().get(t) != null) {
        names.add(specs.get(t).name());
      }
    }
    return new Layer(
        names, layer.name(), MergedKernels.stored(layer), MergedKernels.kernels(layer));
  }

  private Backbone backbone(ModelRequest.Train unit, Task task) throws IOException {
    Optional<ImageShape> grid = TrainerUnits.rebuilt(unit.unit(), store).start().gridOf();
    return new Backbone(unit.unit().backbone(), task.shape().channels(), grid);
  }

  private static TaskNetwork column(Task task, Backbone backbone) {
    return TaskNetwork.column(task, new Parameters(Map.of()), backbone);
  }

  private Task task(TaskSpec spec) {
    try (BatchSource test = sources.side(spec, Side.TEST)) {
      return test.task();
    }
  }

  /** Both networks on the test images that are in scores. */
  private void measure(
      ModelRequest.Train unit, TaskSpec spec, Path folder, String path, String signature)
      throws IOException {
    Path trained = models.model(unit, spec.name());
    Path written = folder.resolve(path);
    original = original.plus(new Size(bytes(trained), 0));
    try (BatchSource test = sources.scored(spec, export.searched());
        Classifier before = Classifier.load(trained, test.task().shape());
        Classifier after = Classifier.load(written, signature, test.task().shape())) {
      Counter first = new Counter(before);
      Counter second = new Counter(after);
      double largest = 0;
      for (int from = 0; from < test.size(); from += BATCH) {
        endWhereStopped();
        Batch batch = test.inOrder(from, Math.min(test.size(), from + BATCH));
        largest = Math.max(largest, largestDifference(first.take(batch), second.take(batch)));
      }
      if (export.form() == Form.PRUNED && largest > TOLERANCE) {
        throw new IllegalStateException(
            "Cannot export task %s: the pruned network's probabilities differ by %s from the trained network's (must be at most %s)"
                .formatted(spec.name(), largest, TOLERANCE));
      }
      ImageShape shape = test.task().shape();
      time(first, second, test.inOrder(0, Math.min(test.size(), BATCH)));
      tasks.add(
          new TaskModel(
              spec.name(),
              path,
              signature,
              shape.height(),
              shape.width(),
              shape.channels(),
              fit(spec),
              spec.classes(),
              first.measured(MultiplyAdds.of(trained, SavedModels.SIGNATURE)),
              second.measured(MultiplyAdds.of(written, signature)),
              largest));
    }
  }

  private String fit(TaskSpec spec) {
    return store
        .find(new StageKey("ingest", spec.datasets().get(0)))
        .map(dataset -> dataset.inputs().path("fit").asText())
        .orElseThrow();
  }

  /**
   * Times both on the same images, in turns, so that what else the machine does befalls both alike.
   * Each has run on a batch of this size before, which prepares its graph.
   */
  private void time(Counter first, Counter second, Batch batch) throws IOException {
    long begin = System.nanoTime();
    while (first.calls() < LEAST_CALLS || System.nanoTime() - begin < TIMING) {
      endWhereStopped();
      first.time(batch);
      second.time(batch);
    }
  }

  /** A classifier's hits and times. */
  private static final class Counter {
    private final Classifier classifier;
    private final List<Double> seconds = new ArrayList<>();
    private int right;
    private int images;
    private int timed;

    Counter(Classifier classifier) {
      this.classifier = classifier;
    }

    int calls() {
      return seconds.size();
    }

    void time(Batch batch) throws IOException {
      long begin = System.nanoTime();
      classifier.predict(batch);
      seconds.add((System.nanoTime() - begin) / 1e9);
      timed = batch.size();
    }

    float[][] take(Batch batch) throws IOException {
      float[][] probabilities = classifier.predict(batch);
      for (int i = 0; i < batch.size(); i++) {
        right += TrialEvaluation.best(probabilities[i]) == batch.labels()[i] ? 1 : 0;
      }
      images += batch.size();
      return probabilities;
    }

    private double medianSeconds() {
      return seconds.stream().sorted().skip(seconds.size() / 2).findFirst().orElseThrow();
    }

    Measured measured(long multiplyAdds) {
      return new Measured((double) right / images, multiplyAdds, timed / medianSeconds());
    }
  }

  private static double largestDifference(float[][] before, float[][] after) {
    double largest = 0;
    for (int i = 0; i < before.length; i++) {
      for (int k = 0; k < before[i].length; k++) {
        largest = Math.max(largest, Math.abs(before[i][k] - after[i][k]));
      }
    }
    return largest;
  }

  /** Without the input's mean and deviation, which nothing trains. */
  private static long parameters(Weights weights) {
    return weights.all().entrySet().stream()
        .filter(weight -> !weight.getKey().startsWith("input/"))
        .map(Map.Entry::getValue)
        .mapToLong((Weight weight) -> weight.values().length)
        .sum();
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }
}
