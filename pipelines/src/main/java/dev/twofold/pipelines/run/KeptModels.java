package dev.twofold.pipelines.run;

import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.UnitModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which exported models stay on disk when their trials have been evaluated. */
final class KeptModels {
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
    Path models = store.directory(key).resolve(UnitModels.FOLDER);
    if (Files.exists(models)) {
      Path aside = store.createScratch("models-" + UUID.randomUUID());
      Files.move(models, aside.resolve(UnitModels.FOLDER));
      store.commit(key, manifest.inputs(), manifest.context());
      DurableFiles.deleteTree(aside);
    }
  }
}
