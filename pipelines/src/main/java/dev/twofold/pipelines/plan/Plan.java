package dev.twofold.pipelines.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole run before it begins.
 *
 * @param attempt 0, or the number of a fresh attempt
 * @param workdir absolute
 * @param units that trials join, longest first; each stands here once, however many trials join it
 * @param trials longest first
 * @param coverage of each task by the auxiliary task; empty without one
 * @param context what is not in keys and stands in manifests: threads, versions
 * @param warnings what a user may want to know and need not act on
 */
public record Plan(
    String experiment,
    int attempt,
    Path workdir,
    List<PlannedDataset> datasets,
    List<PlannedPretraining> pretrainings,
    List<PlannedUnit> units,
    List<PlannedTrial> trials,
    List<Coverage> coverage,
    Map<String, Object> context,
    List<String> warnings) {

  public Plan {
    datasets = List.copyOf(datasets);
    pretrainings = List.copyOf(pretrainings);
    units = List.copyOf(units);
    trials = List.copyOf(trials);
    coverage = List.copyOf(coverage);
    warnings = List.copyOf(warnings);
  }

  /** Whether every trial has its result, so that there is nothing to do. */
  public boolean isComplete() {
    return trials.stream().allMatch(trial -> trial.decision().action() == Decision.Action.REUSE);
  }

  /** The keys of the trials' runs. */
  public Set<String> trialKeys() {
    return trials.stream().map(trial -> trial.run().key()).collect(Collectors.toSet());
  }

  /** Whether any network is there, or was evaluated. */
  boolean isBegun() {
    return Stream.of(
            pretrainings.stream().map(pretraining -> pretraining.unit().decision()),
            units.stream().map(PlannedUnit::decision),
            trials.stream().map(PlannedTrial::decision))
        .flatMap(decisions -> decisions)
        .anyMatch(decision -> decision.action() == Decision.Action.REUSE);
  }

  /**
   * Where a trial's columns start from, as configurations write it. A closed form has no start;
   * what it reads says with which methods it can be compared: {@code auxiliary} where that is the
   * auxiliary network's features, else {@code scratch}.
   */
  public String startOf(PlannedTrial trial) {
    return trial
        .parameters()
        .getOrDefault("start", readsAuxiliary(trial) ? "auxiliary" : "scratch");
  }

  /**
   * A trial's network, as configurations write it, or the one whose features a closed form reads;
   * empty of a closed form that reads pixels.
   */
  public String backboneOf(PlannedTrial trial) {
    if (!trial.parameters().containsKey("start") && !readsAuxiliary(trial)) {
      return "";
    }
    String path = "backbone.";
    return trial.parameters().entrySet().stream()
        .filter(setting -> setting.getKey().startsWith(path))
        .map(setting -> setting.getKey().substring(path.length()) + ": " + setting.getValue())
        .collect(Collectors.joining("; "));
  }

  private boolean readsAuxiliary(PlannedTrial trial) {
    return units.stream()
        .filter(unit -> trial.spec().units().contains(unit.key().hex()))
        .anyMatch(unit -> unit.spec().auxiliary() != null);
  }
}
