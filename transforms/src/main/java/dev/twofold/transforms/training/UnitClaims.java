package dev.twofold.transforms.training;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Claim;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.ModelProcesses.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's way through the list of units: it takes those that nobody holds, until every one is
 * whole or has failed. The worker that finds only live foreign claims waits for them.
 */
public final class UnitClaims {
  private static final Logger LOG = LoggerFactory.getLogger(UnitClaims.class);
  private static final long POLL_MILLIS = 500;

  /** A worker fault (a killed process, a lost machine) is tried again so often. */
  private static final int ATTEMPTS = 3;

  private final WorkPlan plan;
  private final ArtifactStore store;
  private final Failures failures;

  public UnitClaims(WorkPlan plan) {
    this.plan = plan;
    this.store = new ArtifactStore(Path.of(plan.workdir()));
    this.failures = new Failures(plan);
  }

  /** Works until nothing is left. */
  void work(List<ModelRequest.Train> units) throws IOException, InterruptedException {
    Set<StageKey> settled = new HashSet<>(); // to look at all of them twice a second takes a core
    while (true) {
      int open = 0;
      boolean progressed = false;
      for (ModelRequest.Train unit : units) {
        if (settled.contains(unit.stageKey())) {
          continue;
        }
        if (isSettled(unit)) {
          settled.add(unit.stageKey());
          continue;
        }
        Optional<Claim> claim = Claim.take(store.directory(unit.stageKey()), plan.start());
        if (claim.isEmpty()) {
          open++;
          continue;
        }
        try (Claim held = claim.get()) {
          if (held.isHeld() && !isSettled(unit)) {
            train(unit);
          }
        }
        progressed = true;
      }
      if (open == 0 && !progressed) {
        return;
      }
      if (ModelProcesses.isCancelled()) {
        throw new InterruptedException("cancelled");
      }
      if (!progressed) {
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  private boolean isSettled(ModelRequest.Train unit) {
    return store.find(unit.stageKey()).isPresent() || failures.has(unit.stageKey());
  }

  private void train(ModelRequest.Train unit) throws IOException, InterruptedException {
    Optional<String> lacking = lacking(unit);
    if (lacking.isPresent()) {
      failures.add(unit.stageKey(), new Ending(ExitCodes.BAD_REQUEST, lacking.get()));
      return;
    }
    Path folder = store.createScratch("processes").resolve(unit.key());
    ModelRequest request = ModelRequest.toTrain(plan.workdir(), plan.inMemory(), unit);
    Ending ending = Ending.DONE;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      ending = ModelProcesses.run(request, folder, plan.devices(), plan.maxSilence());
      if (ending.code() == ExitCodes.DONE) {
        DurableFiles.deleteTree(folder);
        failures.forget(unit.stageKey());
        return;
      }
      if (ModelProcesses.isCancelled()) {
        throw new InterruptedException("cancelled");
      }
      if (ExitCodes.isFinal(ending.code())) {
        break;
      }
      LOG.warn(
          "{} on {} (unit {}) ended with code {} in attempt {} of {}: {}",
          unit.unit().method(),
          unit.unit().tasks().stream().map(TaskSpec::name).collect(Collectors.joining("+")),
          unit.key(),
          ending.code(),
          attempt,
          ATTEMPTS,
          ending.reason());
    }
    failures.add(unit.stageKey(), ending);
  }

  /** Why a unit cannot even begin: it starts from a network that was not trained. */
  private Optional<String> lacking(ModelRequest.Train unit) throws IOException {
    Optional<StageKey> pretraining = unit.unit().pretraining();
    if (pretraining.isEmpty() || store.find(pretraining.get()).isPresent()) {
      return Optional.empty();
    }
    String reason =
        failures
            .find(pretraining.get())
            .map(Failures.Failure::reason)
            .orElse(store.directory(pretraining.get()) + " is missing");
    return Optional.of(
        "the auxiliary network that it starts from was not trained (%s)".formatted(reason));
  }

  private static Outcome outcome(ModelRequest.Train unit, Outcome.Status status, Ending ending) {
    return new Outcome(unit.unit().stage(), unit.key(), status, ending.reason(), ending.code());
  }

  /** What became of every unit, whoever trained it. */
  public List<Outcome> outcomes(List<ModelRequest.Train> units) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (ModelRequest.Train unit : units) {
      if (store.find(unit.stageKey()).isPresent()) {
        outcomes.add(outcome(unit, Outcome.Status.DONE, Ending.DONE));
      } else {
        Failures.Failure failure =
            failures.find(unit.stageKey()).orElse(new Failures.Failure(1, "it was not trained"));
        outcomes.add(
            outcome(unit, Outcome.Status.FAILED, new Ending(failure.code(), failure.reason())));
      }
    }
    return outcomes;
  }
}
