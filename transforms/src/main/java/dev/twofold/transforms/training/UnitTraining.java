package dev.twofold.transforms.training;

import dev.twofold.models.ClosedForm;
import dev.twofold.models.Fitting;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Method;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.Npz;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.DatasetSummary;
import dev.twofold.transforms.training.UnitFiles.Saved;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Trains one unit to a whole artifact, from its last checkpoint where there is one. */
final class UnitTraining {
  private final ModelRequest request;
  private final ArtifactStore store;
  private final UnitSpec unit;
  private final StageKey key;
  private final UnitFiles files;

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
      TrainedUnit trained = train(data, observer, saved.map(Saved::checkpoint));
      if (!trained.finished()) {
        return false;
      }
      export(trained);
      writeResult(trained, data);
      log.done();
    }
    files.deleteCheckpoints();
    store.commit(key, request.train().inputs(), request.train().context());
    return true;
  }

  /** By the kind of the method. A closed form saves no checkpoint to go on from. */
  private TrainedUnit train(
      List<TaskData> data, UnitObserver observer, Optional<Checkpoint> checkpoint)
      throws IOException {
    MethodType<?> type = Methods.named(unit.method());
    Method method = type.method(TrainingJson.read(unit.settings(), type.settingsType()));
    if (method instanceof ClosedForm closedForm) {
      return closedForm.fit(
          new Fitting(data, auxiliary(), unit.backbone(), unit.threads()), observer);
    }
    try (Trainer trainer = new Trainer(trainerUnit((GraphMethod) method), data, observer)) {
      return trainer.train(checkpoint);
    }
  }

  private Trainer.Unit trainerUnit(GraphMethod method) throws IOException {
    Optional<Weights> file = Optional.empty();
    if (unit.start().from() == Start.From.FILE) {
      file = Optional.of(Npz.read(Path.of(unit.start().file())));
    }
    ColumnStart start = new ColumnStart(unit.start(), auxiliary(), file, unit.seed());
    return new Trainer.Unit(
        method, unit.backbone(), start, unit.training(), unit.seed(), unit.threads());
  }

  private Optional<Auxiliary> auxiliary() throws IOException {
    if (unit.auxiliary() == null) {
      return Optional.empty();
    }
    Path directory = store.directory(new StageKey("pretrain", unit.auxiliary()));
    ModelRequest.Train pretrained =
        TrainingJson.MAPPER.readValue(
            directory.resolve("unit.json").toFile(), ModelRequest.Train.class);
    TaskSpec spec = pretrained.unit().tasks().get(0);
    DatasetSummary summary =
        DatasetSummary.read(store.directory(new StageKey("ingest", spec.datasets().get(0))));
    Task task =
        new Task(
            spec.name(),
            new ImageShape(summary.height(), summary.width(), summary.channels()),
            spec.classes());
    Weights weights = Npz.read(directory.resolve(UnitFiles.WEIGHTS)).below(spec.name() + "/");
    return Optional.of(new Auxiliary(task, weights));
  }

  private void describe(EventLog log, List<TaskData> data) throws IOException {
    log.start();
    for (int t = 0; t < data.size(); t++) {
      TaskSpec spec = unit.tasks().get(t);
      for (String dataset : spec.datasets()) {
        DatasetSummary summary =
            DatasetSummary.read(store.directory(new StageKey("ingest", dataset)));
        String digest = summary.digest().substring(0, 32);
        int classes = spec.classes().size();
        log.input(
            spec.name(), digest, "train", summary.name(), data.get(t).training().size(), classes);
        log.input(spec.name(), digest, "test", summary.name(), data.get(t).test().size(), classes);
      }
    }
  }

  private void export(TrainedUnit trained) throws IOException {
    Npz.write(files.resolve(UnitFiles.WEIGHTS), trained.weights());
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
    UnitResult result = new UnitResult(scores, trained.steps(), trained.seconds(), shares);
    DurableFiles.replace(
        files.resolve(UnitFiles.RESULT), TrainingJson.MAPPER.writeValueAsBytes(result));
  }
}
