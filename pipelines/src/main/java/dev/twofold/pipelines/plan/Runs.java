package dev.twofold.pipelines.plan;

import dev.twofold.transforms.training.TrialSpec;
import java.util.ArrayList;
import java.util.List;

/** The runs that MLflow shows: docs/events.md. */
final class Runs {
  private final String experiment;

  Runs(String experiment) {
    this.experiment = experiment;
  }

  PlannedRun ofTrial(TrialSpec trial) {
    List<String> logs = new ArrayList<>();
    trial.units().forEach(unit -> logs.add(log(Stage.TRAIN, unit)));
    logs.add(log(Stage.EVALUATE, trial.evaluation()));
    return run("trial", trial.evaluation(), name(trial), logs);
  }

  /**
   * The run of a pre-training.
   *
   * @param name of {@link NetworkNames}
   */
  PlannedRun ofPretraining(PlannedUnit unit, String name) {
    String key = unit.key().hex();
    return run("auxiliary", key, name, List.of(log(Stage.PRETRAIN, key)));
  }

  private PlannedRun run(String kind, String key, String name, List<String> logs) {
    String folder = "runs/%s/%s".formatted(experiment, key);
    List<String> all = new ArrayList<>();
    all.add(folder + "/header.jsonl");
    all.addAll(logs);
    all.add(folder + "/outcome.jsonl");
    return new PlannedRun(kind, experiment, experiment + "/" + key, name, folder, all);
  }

  private static String log(Stage stage, String key) {
    return "artifacts/%s/%s/events.jsonl".formatted(stage.label(), key);
  }

  /** {@code mtal · pair · threshold 0.4 · 2}: label, group, point of the sweep and repeat. */
  private static String name(TrialSpec trial) {
    List<String> parts = new ArrayList<>(List.of(trial.label(), trial.group()));
    parts.addAll(Leaves.ofPoint(trial.point()));
    parts.add(Integer.toString(trial.repeat()));
    return String.join(" · ", parts);
  }
}
