package dev.twofold.transforms.training;

import dev.twofold.models.Fitting;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Method;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Npz;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.Trainer;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.DatasetSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A unit's specification as the training loop, or a closed form, takes it, with the weights that it
 * starts from.
 */
public final class TrainerUnits {

  private TrainerUnits() {}

  /**
   * Reads the auxiliary network, or the file, that the unit starts from.
   *
   * @throws ClassCastException when the unit's method is a closed form
   */
  public static Trainer.Unit of(UnitSpec unit, ArtifactStore store) throws IOException {
    Optional<Weights> file = Optional.empty();
    if (unit.start().from() == Start.From.FILE) {
      file = Optional.of(network(Npz.read(Path.of(unit.start().file()))));
    }
    ColumnStart start = new ColumnStart(unit.start(), auxiliary(unit, store), file, unit.seed());
    return new Trainer.Unit(
        (GraphMethod) method(unit),
        unit.backbone(),
        start,
        unit.training(),
        unit.seed(),
        unit.threads());
  }

  /**
   * The same for its layers alone, whose weights are in the unit's artifact: a file that columns
   * started from may be gone by now.
   */
  public static Trainer.Unit rebuilt(UnitSpec unit, ArtifactStore store) throws IOException {
    Start start = unit.start();
    return of(
        start.from() == Start.From.FILE
            ? unit.withStart(
                new Start(Start.From.SCRATCH, start.scratchSeed(), start.headStart(), null))
            : unit,
        store);
  }

  /** The weights.npz of a unit of one task, such as a pre-training, has its name before all. */
  private static Weights network(Weights file) {
    List<String> tasks =
        file.all().keySet().stream()
            .filter(name -> name.endsWith("/" + Backbone.INPUT_MEAN))
            .map(name -> name.substring(0, name.length() - Backbone.INPUT_MEAN.length()))
            .toList();
    return tasks.size() == 1 ? file.below(tasks.get(0)) : file;
  }

  static Method method(UnitSpec unit) {
    MethodType<?> type = Methods.named(unit.method());
    return type.method(TrainingJson.read(unit.settings(), type.settingsType()));
  }

  /**
   * MTAL as it trained a unit: with the prior groups that were found, where they had to be.
   *
   * @param artifact the unit's folder
   */
  public static Mtal mtal(UnitSpec unit, Path artifact) throws IOException {
    Mtal mtal = (Mtal) method(unit);
    return mtal.findsGroups()
        ? PriorSearch.Found.read(artifact.resolve(UnitFiles.PRIOR)).in(mtal)
        : mtal;
  }

  /** What a closed form is computed from. */
  static Fitting fitting(UnitSpec unit, ArtifactStore store, List<TaskData> data)
      throws IOException {
    return new Fitting(data, auxiliary(unit, store), unit.backbone(), unit.threads());
  }

  private static Optional<Auxiliary> auxiliary(UnitSpec unit, ArtifactStore store)
      throws IOException {
    if (unit.pretraining().isEmpty()) {
      return Optional.empty();
    }
    Path directory = store.directory(unit.pretraining().get());
    ModelRequest.Train pretrained =
        TrainingJson.MAPPER.readValue(
            directory.resolve("unit.json").toFile(), ModelRequest.Train.class);
    TaskSpec spec = pretrained.unit().tasks().get(0);
    DatasetSummary summary =
        DatasetSummary.read(store.directory(new StageKey("ingest", spec.datasets().get(0))));
    Task task = new Task(spec.name(), summary.shape(), spec.classes());
    Weights weights = Npz.read(directory.resolve(UnitFiles.WEIGHTS)).below(spec.name() + "/");
    return Optional.of(new Auxiliary(task, weights));
  }
}
