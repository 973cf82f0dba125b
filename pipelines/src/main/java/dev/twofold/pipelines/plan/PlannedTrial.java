package dev.twofold.pipelines.plan;

import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.training.TrialSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One row of a table before its repeats are averaged.
 *
 * @param evaluation the key of its evaluation
 * @param inputs the JSON whose hash is that key, for the manifest
 * @param searched by task, the splits whose test sides a search for settings has looked at
 * @param run that MLflow shows
 * @param parameters every effective setting, by dotted key
 * @param keepModels whether the models of its units stay on disk after the evaluation
 * @param work multiply-adds of all its units
 */
public record PlannedTrial(
    TrialSpec spec,
    StageKey evaluation,
    Map<String, Object> inputs,
    Map<String, List<Split>> searched,
    Decision decision,
    PlannedRun run,
    Map<String, String> parameters,
    boolean keepModels,
    double work) {

  private static final List<String> LENGTHS = List.of("steps", "epochs");

  /** The weights that it starts from, where these are a file; empty elsewhere. */
  public String file() {
    return parameters.getOrDefault("file", "");
  }

  /** Where its heads' weights come from, as configurations write it; empty of a closed form. */
  public String headStart() {
    return parameters.getOrDefault("headStart", "");
  }

  /** How it is trained, without how long, by the keys below {@code training}. */
  public Map<String, String> training() {
    String path = "training.";
    return parameters.entrySet().stream()
        .filter(setting -> setting.getKey().startsWith(path))
        .map(setting -> Map.entry(setting.getKey().substring(path.length()), setting.getValue()))
        .filter(setting -> !LENGTHS.contains(setting.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Of its training, as {@code 200 steps}; empty of a closed form. */
  public String length() {
    return LENGTHS.stream()
        .filter(unit -> parameters.containsKey("training." + unit))
        .map(unit -> parameters.get("training." + unit) + " " + unit)
        .findFirst()
        .orElse("");
  }
}
