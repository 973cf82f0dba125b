package dev.twofold.pipelines.run;

import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.transforms.artifacts.ArtifactLock;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.UnitModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which exported models stay on disk when their trials have been evaluated. */
final class KeptModels {
  /** How an evaluation's log names a model, docs/events.md: from its own folder. */
  private static final Pattern LOGGED =
      Pattern.compile("\"\\.\\./\\.\\./train/([0-9a-f]{32})/" + UnitModels.FOLDER + "/");

  /** What a log said when it was as large and as old as this. */
  private record Look(long size, FileTime changed, Set<String> units) {}

  private final ArtifactStore store;
  private final Map<Path, Look> looks = new HashMap<>();

  private KeptModels(ArtifactStore store) {
    this.store = store;
  }

  /**
   * Deletes the models of units that no trial of the plan keeps and no evaluation has logged, of
   * whatever run: a server may not have them yet.
   *
   * @return what could not be deleted, and why
   */
  static List<String> tidy(Plan plan) {
    return new KeptModels(new ArtifactStore(plan.workdir())).letGo(plan);
  }

  private List<String> letGo(Plan plan) {
    List<String> warnings = new ArrayList<>();
    try {
      Set<String> units = unkept(plan);
      units.removeAll(logged());
      for (String unit : units) {
        letGo(new StageKey("train", unit)).ifPresent(warnings::add);
      }
    } catch (IOException | UncheckedIOException e) {
      warnings.add("Cannot tell which models may be deleted: " + FileTrouble.message(e));
    }
    return warnings;
  }

  /** Why they could not be deleted. Those that somebody is at stay, and are no trouble. */
  private Optional<String> letGo(StageKey key) {
    try {
      if (Files.exists(models(key)) || Files.exists(aside(key))) {
        ArtifactLock.tryHolding(store.workdir(), key, () -> delete(key));
      }
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(
          "Cannot delete the models of unit %s: %s".formatted(key.hex(), FileTrouble.message(e)));
    }
  }

  private Set<String> unkept(Plan plan) {
    Set<String> kept = new HashSet<>();
    Set<String> evaluated = new HashSet<>();
    for (PlannedTrial trial : plan.trials()) {
      boolean whole = store.find(trial.evaluation()).isPresent();
      (trial.keepModels() || !whole ? kept : evaluated).addAll(trial.spec().units());
    }
    evaluated.removeAll(kept);
    return evaluated;
  }

  /**
   * Units whose models an evaluation has logged, as far as it is. A second look reads what has
   * changed since the first.
   */
  private Set<String> logged() throws IOException {
    Path evaluations = store.workdir().resolve("artifacts").resolve("evaluate");
    if (Files.isDirectory(evaluations)) {
      try (Stream<Path> folders = Files.list(evaluations)) {
        for (Path folder : folders.toList()) {
          look(folder.resolve("events.jsonl"));
        }
      }
    }
    Set<String> units = new HashSet<>();
    looks.values().forEach(look -> units.addAll(look.units()));
    return units;
  }

  private void look(Path log) throws IOException {
    try {
      BasicFileAttributes file = Files.readAttributes(log, BasicFileAttributes.class);
      Look before = looks.get(log);
      if (before == null
          || before.size() != file.size()
          || !before.changed().equals(file.lastModifiedTime())) {
        looks.put(log, new Look(file.size(), file.lastModifiedTime(), loggedIn(log)));
      }
    } catch (NoSuchFileException absent) {
      looks.remove(log); // nobody needs its models
    }
  }

  private static Set<String> loggedIn(Path log) throws IOException {
    Set<String> units = new HashSet<>();
    // In which any bytes are text: a line may be torn in the middle of a character.
    String text = Files.readString(log, StandardCharsets.ISO_8859_1);
    LOGGED.matcher(text).results().forEach(model -> units.add(model.group(1)));
    return units;
  }

  /**
   * Whether the models went. The manifest lets them go first and they in one step, so that the unit
   * is whole whenever this is cut off; what is left of them then goes the next time.
   */
  private boolean delete(StageKey key) throws IOException {
    DurableFiles.deleteTree(aside(key));
    Optional<Manifest> manifest = store.find(key);
    // An evaluation may have logged them since; while it does, it has the lock.
    if (manifest.isEmpty() || !Files.exists(models(key)) || logged().contains(key.hex())) {
      return false;
    }
    store.leaveOut(key, manifest.get(), UnitModels.FOLDER);
    Files.move(models(key), aside(key));
    DurableFiles.deleteTree(aside(key));
    return true;
  }

  private Path models(StageKey key) {
    return store.directory(key).resolve(UnitModels.FOLDER);
  }

  /** Where they are deleted: with a dot in front, which no manifest takes for a part. */
  private Path aside(StageKey key) {
    return models(key).resolveSibling("." + UnitModels.FOLDER);
  }
}
