package dev.twofold.transforms.evaluation;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Task;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.evaluation.Scores;
import dev.twofold.transforms.artifacts.ArtifactLock;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.parquet.PredictionsWriter;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TaskSources;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import dev.twofold.transforms.training.UnitModels;
import dev.twofold.transforms.training.UnitResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Evaluates a trial's exported models on the test sides, through DJL, to a whole artifact. */
public final class TrialEvaluation {
  private static final int BATCH = 256;

  private final ModelRequest.Evaluate trial;
  private final ArtifactStore store;
  private final TaskSources sources;
  private final UnitModels models;
  private final Path scratch;
  private final Path directory;

  public TrialEvaluation(ModelRequest request, ModelRequest.Evaluate trial) {
    this.trial = trial;
    this.store = new ArtifactStore(request.path());
    this.sources = new TaskSources(store, request.inMemory());
    this.directory = store.createDirectory(trial.stageKey());
    this.scratch = store.createScratch("evaluate-" + UUID.randomUUID());
    this.models = new UnitModels(store, sources, scratch);
  }

  public void run() throws IOException {
    Map<String, TaskResult> results = new LinkedHashMap<>();
    double seconds = 0;
    try (EventLog log = EventLog.open(directory.resolve("events.jsonl"), 0, null)) {
      for (ModelRequest.Train unit : trial.units()) {
        seconds += trial.logModels() ? logged(unit, results, log) : evaluated(unit, results, log);
      }
      write(new TrialResult(results, seconds), log);
      log.done();
    } finally {
      DurableFiles.deleteTree(scratch);
    }
    store.commit(trial.stageKey(), trial.inputs(), trial.context());
  }

  /**
   * Who lets models go reads the logs under the same lock, and leaves what they name: so no model
   * goes between its restoring and its line.
   */
  private double logged(ModelRequest.Train unit, Map<String, TaskResult> results, EventLog log)
      throws IOException {
    return ArtifactLock.holdingInTurn(
        store.workdir(),
        unit.stageKey(),
        () -> {
          double seconds = evaluated(unit, results, log);
          new ActivationFigures(sources, models).write(unit, directory, log);
          return seconds;
        });
  }

  /** Adds the results of the unit's tasks, and gives the seconds that it trained. */
  private double evaluated(ModelRequest.Train unit, Map<String, TaskResult> results, EventLog log)
      throws IOException {
    for (TaskSpec task : unit.unit().tasks()) {
      Path model =
          trial.logModels() ? models.restored(unit, task.name()) : models.model(unit, task.name());
      results.put(task.name(), evaluate(task, model, log));
    }
    Path result = store.directory(unit.stageKey()).resolve("result.json");
    return TrainingJson.MAPPER.readValue(result.toFile(), UnitResult.class).seconds();
  }

  private TaskResult evaluate(TaskSpec spec, Path model, EventLog log) throws IOException {
    List<Integer> truth = new ArrayList<>();
    List<Integer> predicted = new ArrayList<>();
    try (BatchSource test = sources.scored(spec, trial.searched());
        Classifier classifier = Classifier.load(model, test.task().shape());
        PredictionsWriter predictions =
            new PredictionsWriter(directory.resolve("predictions-" + spec.name() + ".parquet"))) {
      WrongFigure wrong = new WrongFigure(test.task());
      for (int from = 0; from < test.size(); from += BATCH) {
        Batch batch = test.inOrder(from, Math.min(test.size(), from + BATCH));
        float[][] probabilities = classifier.predict(batch);
        for (int i = 0; i < batch.size(); i++) {
          int best = best(probabilities[i]);
          truth.add(batch.labels()[i]);
          predicted.add(best);
          String id = id(test, from + i);
          String trueClass = spec.classes().get(batch.labels()[i]);
          String bestClass = spec.classes().get(best);
          predictions.write(id, trueClass, bestClass, probabilities[i]);
          if (best != batch.labels()[i]) {
            wrong.add(id, trueClass, bestClass, probabilities[i][best], batch, i);
          }
        }
      }
      if (trial.logModels()) {
        logModel(spec, test.task(), model, log);
      }
      String figure = "wrong-" + spec.name() + ".png";
      if (wrong.write(directory.resolve(figure))) {
        log.figure("wrong/" + spec.name(), figure, 0);
      }
    }
    return result(spec, Scores.of(spec.classes().size(), truth, predicted));
  }

  /** The first of the highest, as TensorFlow's argmax has it. */
  static int best(float[] probabilities) {
    int best = 0;
    for (int k = 1; k < probabilities.length; k++) {
      best = probabilities[k] > probabilities[best] ? k : best;
    }
    return best;
  }

  private static String id(BatchSource source, int position) {
    return source instanceof ParquetBatchSource rows
        ? rows.id(position)
        : Integer.toString(position);
  }

  private void logModel(TaskSpec spec, Task task, Path model, EventLog log) throws IOException {
    String relative = directory.relativize(model).toString();
    log.model(spec.name(), relative, spec.name(), task.shape(), spec.classes());
  }

  private static TaskResult result(TaskSpec spec, Scores scores) {
    List<ClassResult> classes = new ArrayList<>();
    for (int k = 0; k < spec.classes().size(); k++) {
      classes.add(
          new ClassResult(
              spec.classes().get(k),
              scores.precision(k),
              scores.recall(k),
              scores.f1(k),
              scores.support(k)));
    }
    return new TaskResult(scores.accuracy(), scores.macroF1(), classes, scores.confusion());
  }

  private void write(TrialResult result, EventLog log) throws IOException {
    double sum = 0;
    for (Map.Entry<String, TaskResult> entry : result.tasks().entrySet()) {
      String task = entry.getKey();
      TaskResult scores = entry.getValue();
      sum += scores.accuracy();
      if (scores.classes().size() <= ConfusionFigure.MOST_CLASSES) {
        String figure = "confusion-" + task + ".png";
        ConfusionFigure.write(
            task,
            scores.classes().stream().map(ClassResult::name).toList(),
            scores.confusion(),
            directory.resolve(figure));
        log.figure("confusion/" + task, figure, 0);
      }
      log.metric("test_accuracy/" + task, scores.accuracy(), 0);
      log.metric("macro_f1/" + task, scores.macroF1(), 0);
      log.artifact("predictions-" + task + ".parquet", "predictions");
    }
    log.metric("test_accuracy/mean", sum / result.tasks().size(), 0);
    log.metric("time/training", result.trainingSeconds(), 0);
    Path file = directory.resolve("result.json");
    DurableFiles.replace(file, TrainingJson.MAPPER.writeValueAsBytes(result));
    log.artifact("result.json", "");
  }
}
