package dev.twofold.pipelines.plan;

import dev.twofold.transforms.training.TrialSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

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

  /** Says of a point of a sweep what the result table says of it, in the same order. */
  private static String name(TrialSpec trial) {
    Map<String, Object> values = new TreeMap<>(trial.point());
    String point =
        values.entrySet().stream()
            .map(
                value ->
                    "%s %s · "
                        .formatted(
                            Leaves.shortKey(value.getKey(), values.keySet()),
                            Leaves.text(value.getValue())))
            .collect(Collectors.joining());
    return "%s · %s · %s%d".formatted(trial.label(), trial.group(), point, trial.repeat());
  }
}
