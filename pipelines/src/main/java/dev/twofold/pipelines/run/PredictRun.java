package dev.twofold.pipelines.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.pipelines.recorded.RecordedRun;
import dev.twofold.transforms.JsonCoder;
import dev.twofold.transforms.PredictImages;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.predict.ImagePart;
import dev.twofold.transforms.predict.PredictionRequest;
import dev.twofold.transforms.predict.PreparedPart;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.training.ModelProcesses;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TaskSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;

/** Classifies images with a run's network, as one Beam pipeline on Flink. */
public final class PredictRun {
  /** Of PredictImages. */
  private static final int SHUFFLES = 2;

  private final RecordedRun run;
  private final String flink;
  private final int parallelism;
  private final ArtifactStore store;
  private final FlinkJob job;

  /**
   * Predictions of one run.
   *
   * @param flink {@link FlinkOptions#EMBEDDED}, or HOST:PORT of a session cluster
   * @param parallelism slots that prepare images side by side
   */
  public PredictRun(RecordedRun run, String flink, int parallelism) {
    this.run = run;
    this.flink = flink;
    this.parallelism = parallelism;
    this.store = new ArtifactStore(run.workdir());
    this.job = new FlinkJob(flink, System.err);
  }

  /** A task with the unit that trained its network. */
  private record Network(ModelRequest.Train unit, TaskSpec task) {}

  /**
   * What was predicted.
   *
   * @param images all that were asked for
   * @param unreadable those that have a reason in place of a class
   */
  public record Predicted(int images, List<PreparedPart.Image> unreadable) {

    public Predicted {
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * Writes the predictions.
   *
   * @param task name of the task; null when the run has one
   * @param output Parquet where its name ends so, else CSV
   * @throws UsageException when the run has no such task, an input does not exist, or the output
   *     cannot be written
   * @throws DataRefusedException when the inputs hold no image
   * @throws InterruptedException when Ctrl-C has ended it
   */
  public Predicted write(List<Path> inputs, String task, int top, Path output)
      throws IOException, InterruptedException {
    Network network = network(task);
    inputs.forEach(PredictRun::check);
    makeRoom(output);
    checkIsNone(inputs, output);
    try (Interruption interruption = Interruption.watch(this::interrupt)) {
      try {
        Predicted predicted = predict(inputs, network, top, output);
        if (!interruption.happened()) {
          return predicted;
        }
      } catch (IOException | RuntimeException e) {
        if (!interruption.happened()) {
          throw e;
        }
      }
      throw new InterruptedException("Cannot predict: interrupted");
    }
  }

  private Predicted predict(List<Path> inputs, Network network, int top, Path output)
      throws IOException {
    Path prepared = store.createScratch("predict-" + UUID.randomUUID());
    try {
      Path made = prepared.resolve("made-" + output.getFileName());
      PredictionRequest request = request(inputs, network.task(), prepared);
      // Refuses here what would only fail a cluster's job.
      int images = ImagePart.list(request).stream().mapToInt(part -> part.items().size()).sum();
      checkIsThere(images, inputs);
      long usable = Files.getFileStore(prepared).getUsableSpace();
      checkRoom(images, request.shape().size(), prepared.getParent(), usable);
      run(request, model(network, top, prepared, made));
      String kept = "predictions-%s-%s".formatted(UUID.randomUUID(), output.getFileName());
      deliver(made, output, prepared.resolveSibling(kept));
      return predicted(prepared);
    } finally {
      DurableFiles.deleteTree(prepared);
      for (Path input : inputs) {
        ImageSource.discardUnpacked(input, store.workdir());
      }
    }
  }

  private static Predicted predicted(Path prepared) throws IOException {
    int images = 0;
    List<PreparedPart.Image> unreadable = new ArrayList<>();
    int parts = PreparedPart.count(prepared);
    for (int number = 0; number < parts; number++) {
      PreparedPart part = PreparedPart.read(prepared, number);
      images += part.images().size();
      part.images().stream().filter(image -> image.reason() != null).forEach(unreadable::add);
    }
    return new Predicted(images, unreadable);
  }

  /** A job would find it out after many seconds. */
  static void checkIsThere(int images, List<Path> inputs) {
    if (images == 0) {
      String named = inputs.stream().map(Path::toString).collect(Collectors.joining(", "));
      throw new DataRefusedException(
          "Cannot predict: there is no image in %s (must be images, folders or archives with images)"
              .formatted(named));
    }
  }

  /** All images lie there as the network takes them, until it ends. */
  static void checkRoom(long images, int bytes, Path folder, long usable) {
    if (images * bytes > usable) {
      throw new UsageException(
          "Cannot predict %d images: as the network takes them they need %d MB in %s, which has %d MB free (free some, or predict a part at a time)"
              .formatted(images, ((images * bytes) >> 20) + 1, folder, usable >> 20));
    }
  }

  /** What would be found out after hours of work otherwise. */
  static void makeRoom(Path output) {
    if (output.toString().isEmpty()) {
      throw new UsageException(
          "Cannot write predictions to a file of an empty name (must be a file, such as predictions.csv)");
    }
    if (Files.isDirectory(output)) {
      throw new UsageException(
          "Cannot write predictions to %s: it is a folder (must be a file, such as %s)"
              .formatted(output, output.resolve("predictions.csv")));
    }
    try {
      makeRoom(output, Destination.of(output));
    } catch (IOException e) {
      throw new UsageException(
          "Cannot write predictions to %s: %s".formatted(output, FileTrouble.reason(output, e)));
    }
  }

  private static void makeRoom(Path output, Destination destination) {
    if (destination.isStream()) {
      if (!Files.isWritable(output)) {
        throw new UsageException(
            "Cannot write predictions to %s: no permission to write to it (name another file)"
                .formatted(output));
      }
      return;
    }
    OutputFolder.make("Cannot write predictions to " + output, destination.folder());
  }

  /** An image would be lost in its own predictions. */
  static void checkIsNone(List<Path> inputs, Path output) throws IOException {
    for (Path input : inputs) {
      if (Files.exists(output) && Files.isSameFile(input, output)) {
        throw new UsageException(
            "Cannot write predictions to %s: it is one of the images (name another file)"
                .formatted(output));
      }
    }
  }

  /**
   * Puts what was predicted in its place.
   *
   * @param kept where it stays when that fails, as on a full disk
   */
  static void deliver(Path made, Path output, Path kept) throws IOException {
    try {
      Destination.of(output).take(made);
    } catch (IOException e) {
      Files.move(made, kept);
      throw new UncheckedIOException(
          "Cannot write predictions to %s: %s (they are in %s)"
              .formatted(output, FileTrouble.reason(output, e), kept),
          e);
    }
  }

  static void check(Path input) {
    if (input.toString().isEmpty()) {
      throw new UsageException(
          "Cannot predict images of an empty name (must be a file, a folder or an archive; . is the current folder)");
    }
    if (!Files.exists(input)) {
      throw new UsageException(
          "Cannot predict %s: there is no such file or folder".formatted(input));
    }
  }

  private Network network(String task) throws IOException {
    List<Network> networks = new ArrayList<>();
    for (ModelRequest.Train unit : TrainedUnits.of(run)) {
      unit.unit().tasks().forEach(spec -> networks.add(new Network(unit, spec)));
    }
    List<Network> chosen =
        networks.stream().filter(each -> task == null || each.task().name().equals(task)).toList();
    if (chosen.size() != 1) {
      List<String> names = networks.stream().map(each -> each.task().name()).toList();
      throw unnamed(run.name(), names, task);
    }
    return chosen.get(0);
  }

  /** What there is to name, where that names none or there are several and none was named. */
  static UsageException unnamed(String run, List<String> tasks, String task) {
    if (tasks.size() == 1) {
      return new UsageException(
          "Run %s has only the task %s: there is no `%s` (leave out --task)"
              .formatted(run, tasks.get(0), task));
    }
    return new UsageException(
        "Run %s has the tasks %s: name one with --task%s"
            .formatted(
                run,
                String.join(", ", tasks),
                task == null ? "" : " (there is no `%s`)".formatted(task)));
  }

  /** The images are prepared as those of the task's dataset were. */
  private PredictionRequest request(List<Path> inputs, TaskSpec task, Path prepared) {
    StageKey dataset = new StageKey("ingest", task.datasets().get(0));
    JsonNode made =
        store
            .find(dataset)
            .map(Manifest::inputs)
            .orElseThrow(
                () ->
                    new UsageException(
                        "The dataset of task %s is not in %s (%s)"
                            .formatted(
                                task.name(), store.directory(dataset), TrainedUnits.remedy(run))));
    return new PredictionRequest(
        inputs.stream().map(this::named).toList(),
        made.path("height").asInt(),
        made.path("width").asInt(),
        made.path("channels").asInt(),
        made.path("fit").asText(),
        run.workdir().toString(),
        prepared.toString());
  }

  /** As the user named it; a cluster has another working folder. */
  private String named(Path input) {
    boolean embedded = flink.equals(FlinkOptions.EMBEDDED);
    return (embedded ? input : input.toAbsolutePath()).toString();
  }

  private ModelRequest model(Network network, int top, Path prepared, Path made) {
    return ModelRequest.toPredict(
        run.workdir().toString(),
        ParquetBatchSource.DEFAULT_MEMORY,
        new ModelRequest.Predict(
            network.unit(), network.task().name(), prepared.toString(), top, made.toString()));
  }

  private void run(PredictionRequest request, ModelRequest model) throws IOException {
    // Another one each time, since a cluster is asked by it why the job failed.
    String name = "predict " + UUID.randomUUID();
    PipelineOptions options =
        FlinkOptions.of(name, flink, parallelism, ModelProcesses.wholeJar(), SHUFFLES);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            "Name images",
            Create.of(List.of(request)).withCoder(JsonCoder.of(PredictionRequest.class)))
        .apply("Predict images", new PredictImages(request, model));
    Optional<Throwable> failure = job.run(name, pipeline::run);
    if (failure.isPresent()) {
      throw failed(failure.get());
    }
  }

  private static IOException failed(Throwable failure) {
    Optional<DataRefusedException> refused = JobFailure.refused(failure);
    if (refused.isPresent()) {
      throw refused.get();
    }
    return new IOException("Cannot predict: " + JobFailure.cause(failure), failure);
  }

  private void interrupt() {
    System.err.println("Interrupted: ending the predictions …");
    job.cancel();
  }
}
