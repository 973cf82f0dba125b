package dev.twofold.transforms.evaluation;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.training.ModelProcesses;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One share of a plan's trials, evaluated in one model process. */
public final class TrialBatch {
  private static final int ATTEMPTS = 3;

  private final WorkPlan plan;
  private final int share;
  private final int shares;
  private final ArtifactStore store;

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
  }

  /** What became of the share's trials. */
  public List<Outcome> run() throws IOException, InterruptedException {
    ModelProcesses.Ending ending = ModelProcesses.Ending.DONE;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      List<ModelRequest.Evaluate> open = mine().stream().filter(this::canRun).toList();
      if (open.isEmpty()) {
        break;
      }
      ModelRequest request = ModelRequest.toEvaluate(plan.workdir(), plan.inMemory(), open);
      Path folder = store.createScratch("processes").resolve("evaluate-" + share);
      ending = ModelProcesses.run(request, folder, plan.devices());
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (ModelRequest.Evaluate trial : mine()) {
      outcomes.add(outcome(trial, ending));
    }
    return outcomes;
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

  private Outcome outcome(ModelRequest.Evaluate trial, ModelProcesses.Ending ending) {
    if (store.find(trial.stageKey()).isPresent()) {
      return new Outcome("evaluate", trial.key(), Outcome.Status.DONE, "", 0);
    }
    List<String> missing =
        trial.units().stream()
            .filter(unit -> !isWhole(unit))
            .map(unit -> "unit %s was not trained".formatted(unit.key()))
            .toList();
    String reason = missing.isEmpty() ? ending.reason() : String.join("; ", missing);
    return new Outcome("evaluate", trial.key(), Outcome.Status.FAILED, reason, ending.code());
  }
}
