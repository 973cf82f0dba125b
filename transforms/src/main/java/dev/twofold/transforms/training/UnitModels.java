package dev.twofold.transforms.training;

import dev.twofold.models.ClosedForm;
import dev.twofold.models.Fitting;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.export.SavedModels;
import dev.twofold.models.layers.Npz;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.transforms.artifacts.ArtifactLock;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The SavedModels of trained units: as the artifacts have them, or made again from the weights
 * where {@code keepModels} has let them go.
 */
public final class UnitModels {
  /** Of an artifact, with a SavedModel a task. */
  public static final String FOLDER = "savedmodel";

  private final ArtifactStore store;
  private final TaskSources sources;
  private final Path scratch;

  /**
   * Models of a workdir.
   *
   * @param scratch folder for those that are made again
   */
  public UnitModels(ArtifactStore store, TaskSources sources, Path scratch) {
    this.store = store;
    this.sources = sources;
    this.scratch = scratch;
  }

  /** A task's model. */
  public Path model(ModelRequest.Train unit, String task) throws IOException {
    Optional<Path> kept = kept(store, unit, task);
    if (kept.isPresent()) {
      return kept.get();
    }
    Path remade = scratch.resolve(unit.key());
    if (!Files.isDirectory(remade)) {
      write(unit, remade);
    }
    return remade.resolve(task);
  }

  /**
   * A task's model in the unit's artifact, for a run that is to have it; models that were let go
   * are put back. The caller holds the unit's {@link ArtifactLock}.
   */
  public Path restored(ModelRequest.Train unit, String task) throws IOException {
    Manifest manifest =
        store
            .find(unit.stageKey())
            .orElseThrow(() -> new IOException("Unit %s is being changed".formatted(unit.key())));
    Path models = store.directory(unit.stageKey()).resolve(FOLDER);
    if (manifest.files().stream().noneMatch(file -> file.path().startsWith(FOLDER + "/"))) {
      if (!Files.isDirectory(models)) {
        Path remade = scratch.resolve("restored-" + unit.key());
        write(unit, remade);
        Files.move(remade, models);
      }
      store.commit(unit.stageKey(), manifest.inputs(), manifest.context());
    }
    return models.resolve(task);
  }

  /** A task's model as the artifact has it. */
  static Optional<Path> kept(ArtifactStore store, ModelRequest.Train unit, String task) {
    return Optional.of(store.directory(unit.stageKey()).resolve(UnitFiles.model(task)))
        .filter(Files::isDirectory);
  }

  /** A task's effective parameters, by the backbone's names. */
  public Weights weights(ModelRequest.Train unit, String task) throws IOException {
    Path file = store.directory(unit.stageKey()).resolve(UnitFiles.WEIGHTS);
    return Npz.read(file).below(task + "/");
  }

  /**
   * Partners of MTAL's kernels as the training ended with them, {@code <task>/<layer>} [Cout, 2];
   * empty of another method.
   */
  public Optional<Weights> partners(ModelRequest.Train unit) throws IOException {
    Path details = store.directory(unit.stageKey()).resolve(UnitFiles.DETAILS);
    return Files.exists(details) ? Optional.of(Npz.read(details)) : Optional.empty();
  }

  private void write(ModelRequest.Train unit, Path folder) throws IOException {
    List<TaskData> data = unit.unit().tasks().stream().map(sources::open).toList();
    if (TrainerUnits.method(unit.unit()) instanceof ClosedForm closedForm) {
      Fitting fitting = TrainerUnits.fitting(unit.unit(), store, data);
      write(unit, closedForm.fit(fitting, (pass, passes, metrics) -> true).networks(), folder);
      return;
    }
    try (Trainer trainer =
        new Trainer(TrainerUnits.rebuilt(unit.unit(), store), data, new TrainingObserver() {})) {
      write(unit, trainer.networks(), folder);
    }
  }

  /** The networks say what the weights mean; those of a graph are not trained again. */
  private void write(ModelRequest.Train unit, List<TaskNetwork> networks, Path folder)
      throws IOException {
    for (TaskNetwork network : networks) {
      String task = network.task().name();
      SavedModels.write(network, weights(unit, task), folder.resolve(task));
    }
  }
}
