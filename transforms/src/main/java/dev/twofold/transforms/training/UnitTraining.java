package dev.twofold.transforms.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.models.ClosedForm;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Method;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.Npz;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.CanonicalJson;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.DatasetSummary;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.training.UnitFiles.Saved;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Trains one unit to a whole artifact, from its last checkpoint where there is one. */
final class UnitTraining {
  /** MLflow has room for 36 characters. */
  private static final int DIGEST_LENGTH = 32;

  private final ModelRequest request;
  private final ArtifactStore store;
  private final UnitSpec unit;
  private final StageKey key;
  private final UnitFiles files;
  private double secondsOfSearch;

  UnitTraining(ModelRequest request) {
    this.request = request;
    this.store = new ArtifactStore(request.path());
    this.unit = request.train().unit();
    this.key = request.train().stageKey();
    this.files = new UnitFiles(store.createDirectory(key));
  }

  /**
   * Runs the training.
   *
   * @param stop asked after every step
   * @param echo gets every event
   * @return whether the artifact is whole
   */
  boolean run(BooleanSupplier stop, PrintStream echo) throws IOException {
    Optional<Saved> saved = files.checkpoint();
    TaskSources sources = new TaskSources(store, request.inMemory());
    List<TaskData> data = unit.tasks().stream().map(sources::open).toList();
    long length = saved.map(Saved::logLength).orElse(0L);
    try (EventLog log = EventLog.open(files.resolve(UnitFiles.EVENTS), length, echo)) {
      UnitObserver observer = new UnitObserver(unit, files, log, stop);
      if (saved.isEmpty()) {
        describe(log, data);
      }
      Optional<Method> method = method(data, log, observer);
      if (method.isEmpty()) {
        return false;
      }
      TrainedUnit trained = train(method.get(), data, observer, saved.map(Saved::checkpoint));
      if (!trained.finished()) {
        return false;
      }
      export(trained);
      writeResult(trained, data);
      log.done();
    }
    store.commit(key, request.train().inputs(), context());
    files.deleteCheckpoints();
    return true;
  }

  /** What the manifest says beside the key, and the device that was leased. */
  private JsonNode context() {
    ObjectNode context = TrainingJson.MAPPER.createObjectNode();
    request
        .train()
        .context()
        .properties()
        .forEach(each -> context.set(each.getKey(), each.getValue()));
    return context.put("device", ModelProcess.device());
  }

  /**
   * The unit's method; of MTAL with {@code groups: auto} with the groups that are found first,
   * once. Nothing where the search is stopped: it saves nothing to go on from.
   */
  private Optional<Method> method(List<TaskData> data, EventLog log, UnitObserver observer)
      throws IOException {
    Method method = TrainerUnits.method(unit);
    if (!(method instanceof Mtal mtal) || !mtal.findsGroups()) {
      return Optional.of(method);
    }
    Path file = files.resolve(UnitFiles.PRIOR);
    if (!Files.exists(file)) {
      Optional<PriorSearch.Found> found =
          new PriorSearch(TrainerUnits.of(unit, store), mtal.settings(), data, observer.ofSearch())
              .find();
      if (found.isEmpty()) {
        return Optional.empty();
      }
      DurableFiles.replace(file, TrainingJson.MAPPER.writeValueAsBytes(found.get()));
    }
    PriorSearch.Found found = PriorSearch.Found.read(file);
    secondsOfSearch = found.seconds();
    log.param("groups.found", found.groups().toString());
    for (PriorSearch.Pair pair : found.pairs()) {
      log.metric("prior_gain/%s with %s".formatted(pair.first(), pair.second()), pair.gain(), 0);
    }
    return Optional.of(found.in(mtal));
  }

  /** By the kind of the method. A closed form saves no checkpoint to go on from. */
  private TrainedUnit train(
      Method method, List<TaskData> data, UnitObserver observer, Optional<Checkpoint> checkpoint)
      throws IOException {
    if (method instanceof ClosedForm closedForm) {
      return closedForm.fit(TrainerUnits.fitting(unit, store, data), observer);
    }
    Trainer.Unit trained = TrainerUnits.of(unit, store).with((GraphMethod) method);
    try (Trainer trainer = new Trainer(trained, data, observer)) {
      return trainer.train(checkpoint);
    }
  }

  private void describe(EventLog log, List<TaskData> data) throws IOException {
    log.start();
    for (int t = 0; t < data.size(); t++) {
      TaskSpec spec = unit.tasks().get(t);
      for (int d = 0; d < spec.datasets().size(); d++) {
        StageKey dataset = new StageKey("ingest", spec.datasets().get(d));
        DatasetSummary summary = DatasetSummary.read(store.directory(dataset));
        String tested = spec.split().validation() == null ? "test" : "validation";
        input(log, spec, summary, spec.splitOf(d), "train", data.get(t).training().size());
        input(log, spec, summary, spec.splitOf(d), tested, data.get(t).test().size());
      }
    }
  }

  private static void input(
      EventLog log, TaskSpec spec, DatasetSummary summary, Split split, String context, int rows)
      throws IOException {
    var side =
        Map.of(
            "dataset",
            summary.digest(),
            "classes",
            spec.classes(),
            "split",
            split,
            "context",
            context);
    log.input(
        spec.name(),
        summary.digest().substring(0, DIGEST_LENGTH),
        Sha256.of(CanonicalJson.write(side)).substring(0, DIGEST_LENGTH),
        context,
        summary.name(),
        rows,
        spec.classes().size());
  }

  private void export(TrainedUnit trained) throws IOException {
    Npz.write(files.resolve(UnitFiles.WEIGHTS), trained.weights());
    if (!trained.details().all().isEmpty()) {
      Npz.write(files.resolve(UnitFiles.DETAILS), trained.details());
    }
    for (TaskNetwork network : trained.networks()) {
      String task = network.task().name();
      Path model = files.resolve(UnitFiles.model(task));
      DurableFiles.deleteTree(model);
      SavedModels.write(network, trained.weights().below(task + "/"), model);
    }
    DurableFiles.replace(
        files.resolve("unit.json"), TrainingJson.MAPPER.writeValueAsBytes(request.train()));
  }

  private void writeResult(TrainedUnit trained, List<TaskData> data) throws IOException {
    Map<String, UnitResult.TaskScore> scores = new LinkedHashMap<>();
    for (TaskData task : data) {
      scores.put(
          task.name(),
          new UnitResult.TaskScore(
              trained.metrics().get("accuracy/" + task.name()),
              trained.metrics().get("loss/" + task.name()),
              task.training().size(),
              task.test().size()));
    }
    Map<String, Double> shares = new LinkedHashMap<>(trained.metrics());
    List<String> others = new ArrayList<>(List.of("time/epoch", "images_per_second"));
    data.forEach(task -> others.addAll(List.of("accuracy/" + task.name(), "loss/" + task.name())));
    shares.keySet().removeAll(others);
    UnitResult result =
        new UnitResult(scores, trained.steps(), secondsOfSearch + trained.seconds(), shares);
    DurableFiles.replace(
        files.resolve(UnitFiles.RESULT), TrainingJson.MAPPER.writeValueAsBytes(result));
  }
}
