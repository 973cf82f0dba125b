package dev.twofold.pipelines.run;

import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.ModelRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which exported models stay on disk when their trials have been evaluated. */
final class KeptModels {
  private static final String MODELS = "savedmodel";

  private KeptModels() {}

  /** Deletes the models of units that no trial of the plan keeps. */
  static void tidy(Plan plan) throws IOException {
    ArtifactStore store = new ArtifactStore(plan.workdir());
    Set<String> kept = new HashSet<>();
    Set<String> evaluated = new HashSet<>();
    for (PlannedTrial trial : plan.trials()) {
      boolean whole = store.find(trial.evaluation()).isPresent();
      (trial.keepModels() || !whole ? kept : evaluated).addAll(trial.spec().units());
    }
    evaluated.removeAll(kept);
    for (String unit : evaluated) {
      StageKey key = new StageKey("train", unit);
      Optional<Manifest> manifest = store.find(key);
      if (manifest.isPresent()) {
        delete(store, key, manifest.get());
      }
    }
  }

  private static void delete(ArtifactStore store, StageKey key, Manifest manifest)
      throws IOException {
    Path models = store.directory(key).resolve(MODELS);
    if (Files.exists(models)) {
      Path aside = store.createScratch("models-" + UUID.randomUUID());
      Files.move(models, aside.resolve(MODELS));
      store.commit(key, manifest.inputs(), manifest.context());
      DurableFiles.deleteTree(aside);
    }
  }

  /**
   * A unit whose models are gone is trained again, to the same bits, when a trial logs them; to
   * evaluate them, they are made again from the weights.
   */
  static void requireModels(ArtifactStore store, ModelRequest.Evaluate trial) {
    for (ModelRequest.Train unit : trial.units()) {
      Path directory = store.directory(unit.stageKey());
      boolean whole = store.find(unit.stageKey()).isPresent();
      if (whole && !Files.isDirectory(directory.resolve(MODELS))) {
        try {
          Files.delete(directory.resolve("manifest.json"));
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot discard unit " + unit.key(), e);
        }
      }
    }
  }
}
