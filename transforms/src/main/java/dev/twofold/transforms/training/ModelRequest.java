package dev.twofold.transforms.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a model process is asked to do: the content of request.json.
 *
 * @param workdir with the artifacts
 * @param inMemory bytes of pixels that a task may hold
 * @param train a unit to train; null when something else is asked for, as are the others
 * @param evaluate trials to evaluate
 * @param export networks to export
 * @param predict images to classify
 */
public record ModelRequest(
    String workdir,
    long inMemory,
    Train train,
    List<Evaluate> evaluate,
    Export export,
    Predict predict) {

  public ModelRequest {
    evaluate = evaluate == null ? List.of() : List.copyOf(evaluate);
  }

  public static ModelRequest toTrain(String workdir, long inMemory, Train unit) {
    return new ModelRequest(workdir, inMemory, unit, null, null, null);
  }

  public static ModelRequest toEvaluate(String workdir, long inMemory, List<Evaluate> trials) {
    return new ModelRequest(workdir, inMemory, null, trials, null, null);
  }

  public static ModelRequest toExport(String workdir, long inMemory, Export export) {
    return new ModelRequest(workdir, inMemory, null, null, export, null);
  }

  public static ModelRequest toPredict(String workdir, long inMemory, Predict predict) {
    return new ModelRequest(workdir, inMemory, null, null, null, predict);
  }

  public Path path() {
    return Path.of(workdir);
  }

  /** Whether it is a run's, and not a command's that has no configuration. */
  boolean hasConfiguration() {
    return export == null && predict == null;
  }

  /** Whose process it is, for a message: of several trials, that of the first that is not whole. */
  String subject() {
    if (train != null) {
      return "the process of unit " + train.key();
    }
    ArtifactStore store = new ArtifactStore(path());
    return evaluate.stream()
        .filter(trial -> store.find(trial.stageKey()).isEmpty())
        .map(trial -> "the process of trial " + trial.key())
        .findFirst()
        .orElse("the process");
  }

  /** The tasks whose images are open at one time: of the unit, or of each trial in turn. */
  List<List<TaskSpec>> openTasks(ArtifactStore store) {
    return openUnits(store)
        .map(list -> list.stream().flatMap(unit -> unit.unit().tasks().stream()).toList())
        .toList();
  }

  private Stream<List<Train>> openUnits(ArtifactStore store) {
    if (train != null) {
      return Stream.of(List.of(train));
    }
    if (export != null) {
      return Stream.of(export.units());
    }
    if (predict != null) {
      // The network alone, unless it has to be made again.
      boolean kept = UnitModels.kept(store, predict.unit(), predict.task()).isPresent();
      return kept ? Stream.empty() : Stream.of(List.of(predict.unit()));
    }
    return evaluate.stream().map(Evaluate::units);
  }

  /**
   * A unit to train.
   *
   * @param key of its artifact
   * @param inputs the JSON whose hash the key is
   * @param context what the manifest says beside the key
   */
  public record Train(String key, UnitSpec unit, JsonNode inputs, JsonNode context) {

    public StageKey stageKey() {
      return new StageKey(unit.stage(), key);
    }
  }

  /**
   * A trial to evaluate.
   *
   * @param key of its artifact
   * @param units that trained its tasks, with their specifications
   * @param searched by task, splits whose test sides are left out, since a search for settings has
   *     looked at them
   * @param inputs the JSON whose hash the key is
   * @param context what the manifest says beside the key
   * @param logModels whether the models become part of the run
   */
  public record Evaluate(
      String key,
      List<Train> units,
      Map<String, List<Split>> searched,
      JsonNode inputs,
      JsonNode context,
      boolean logModels) {

    public Evaluate {
      units = List.copyOf(units);
      searched = Map.copyOf(searched);
    }

    public StageKey stageKey() {
      return new StageKey("evaluate", key);
    }
  }

  /**
   * The networks of a trial to export.
   *
   * @param units that trained its tasks
   * @param searched as of its evaluation
   * @param to folder that is made
   */
  public record Export(List<Train> units, Map<String, List<Split>> searched, Form form, String to) {

    public Export {
      units = List.copyOf(units);
      searched = Map.copyOf(searched);
    }

    /** What becomes of the networks. */
    public enum Form {
      AS_TRAINED,
      /** MTAL's pairs of similar kernels are stored once. */
      MERGED,
      /** The channels that DAMTL's masks have emptied are left out. */
      PRUNED
    }
  }

  /**
   * Images to classify.
   *
   * @param unit that trained the task's network
   * @param prepared folder of the prepared images
   * @param top number of classes an image, the most probable first
   * @param output file to write: Parquet where its name ends so, else CSV
   */
  public record Predict(Train unit, String task, String prepared, int top, String output) {}
}
