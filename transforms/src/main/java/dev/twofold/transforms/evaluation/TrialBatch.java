package dev.twofold.transforms.evaluation;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.training.ExitCodes;
import dev.twofold.transforms.training.Failures;
import dev.twofold.transforms.training.ModelProcesses;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** One share of a plan's trials, evaluated in one model process. */
public final class TrialBatch {
  private static final int ATTEMPTS = 3;

  private final WorkPlan plan;
  private final int share;
  private final int shares;
  private final ArtifactStore store;
  private final Failures failures;

  /**
   * A share.
   *
   * @param share its number, from 0
   * @param shares how many there are
   */
  public TrialBatch(WorkPlan plan, int share, int shares) {
    this.plan = plan;
    this.share = share;
    this.shares = shares;
    this.store = new ArtifactStore(Path.of(plan.workdir()));
    this.failures = new Failures(plan);
  }

  /**
   * What became of the share's trials. A process stops at the first trial that it cannot evaluate:
   * that one is tried again, and left out when it has failed for good, so that it costs no other.
   */
  public List<Outcome> run() throws IOException, InterruptedException {
    Map<String, Integer> attempts = new HashMap<>();
    Map<String, ModelProcesses.Ending> failed = new HashMap<>();
    Path folder =
        store.createScratch("processes").resolve("evaluate-%s-%s".formatted(plan.start(), share));
    List<ModelRequest.Evaluate> open = open(failed.keySet());
    while (!open.isEmpty()) {
      ModelRequest request = ModelRequest.toEvaluate(plan.workdir(), plan.inMemory(), open);
      ModelProcesses.Ending ending =
          ModelProcesses.run(request, folder, plan.devices(), plan.maxSilence());
      if (ModelProcesses.isCancelled()) {
        throw new InterruptedException("cancelled");
      }
      open = open(failed.keySet());
      if (!open.isEmpty()) {
        String first = open.get(0).key();
        int tried = attempts.merge(first, 1, Integer::sum);
        if (tried == ATTEMPTS || ExitCodes.isFinal(ending.code())) {
          failed.put(first, ending);
          open.remove(0);
        }
      }
    }
    if (failed.isEmpty()) {
      DurableFiles.deleteTree(folder);
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (ModelRequest.Evaluate trial : mine()) {
      outcomes.add(outcome(trial, failed.get(trial.key())));
    }
    return outcomes;
  }

  private List<ModelRequest.Evaluate> open(Set<String> failed) {
    return new ArrayList<>(
        mine().stream().filter(trial -> canRun(trial) && !failed.contains(trial.key())).toList());
  }

  private List<ModelRequest.Evaluate> mine() {
    List<ModelRequest.Evaluate> mine = new ArrayList<>();
    for (int i = share; i < plan.trials().size(); i += shares) {
      mine.add(plan.trials().get(i));
    }
    return mine;
  }

  private boolean canRun(ModelRequest.Evaluate trial) {
    return store.find(trial.stageKey()).isEmpty() && trial.units().stream().allMatch(this::isWhole);
  }

  private boolean isWhole(ModelRequest.Train unit) {
    return store.find(unit.stageKey()).isPresent();
  }

  private Outcome outcome(ModelRequest.Evaluate trial, ModelProcesses.Ending failed)
      throws IOException {
    if (store.find(trial.stageKey()).isPresent()) {
      failures.forget(trial.stageKey());
      return new Outcome("evaluate", trial.key(), Outcome.Status.DONE, "", 0);
    }
    if (failed != null) {
      failures.add(trial.stageKey(), failed);
      return new Outcome(
          "evaluate", trial.key(), Outcome.Status.FAILED, failed.reason(), failed.code());
    }
    String missing =
        trial.units().stream()
            .filter(unit -> !isWhole(unit))
            .map(unit -> "unit %s was not trained".formatted(unit.key()))
            .collect(Collectors.joining("; "));
    return new Outcome("evaluate", trial.key(), Outcome.Status.FAILED, missing, 1);
  }
}
