package dev.twofold.pipelines.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.pipelines.recorded.RecordedRun;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The units whose networks a run stands for: a trial's, or the auxiliary network. */
final class TrainedUnits {
  private static final Pattern LOG =
      Pattern.compile("artifacts/(train|pretrain)/([0-9a-f]{32})/events\\.jsonl");
  private static final Pattern EVALUATION =
      Pattern.compile("artifacts/(evaluate)/([0-9a-f]{32})/events\\.jsonl");
  private static final TypeReference<Map<String, List<Split>>> SPLITS = new TypeReference<>() {};

  private TrainedUnits() {}

  /**
   * The units in the order of their first task.
   *
   * @throws UsageException when the run has no networks, or their artifacts are gone
   */
  static List<ModelRequest.Train> of(RecordedRun run) throws IOException {
    ArtifactStore store = new ArtifactStore(run.workdir());
    List<ModelRequest.Train> units = new ArrayList<>();
    for (StageKey key : keys(run, LOG)) {
      units.add(read(run, store, key));
    }
    if (units.isEmpty()) {
      throw new UsageException(
          "Run %s has no networks: it is a %s (must be a trial or an auxiliary network)"
              .formatted(run.name(), run.description().kind()));
    }
    return units;
  }

  /** By task, the splits whose test sides are in no score of the run. */
  static Map<String, List<Split>> searched(RecordedRun run) {
    ArtifactStore store = new ArtifactStore(run.workdir());
    return keys(run, EVALUATION).stream()
        .flatMap(key -> store.find(key).stream())
        .map(evaluation -> evaluation.inputs().path("searched"))
        .filter(JsonNode::isObject)
        .findFirst()
        .map(searched -> TrainingJson.MAPPER.convertValue(searched, SPLITS))
        .orElse(Map.of());
  }

  /** Of the artifacts that have the run's logs. */
  private static List<StageKey> keys(RecordedRun run, Pattern log) {
    return run.description().logs().stream()
        .map(log::matcher)
        .filter(Matcher::matches)
        .map(artifact -> new StageKey(artifact.group(1), artifact.group(2)))
        .toList();
  }

  private static ModelRequest.Train read(RecordedRun run, ArtifactStore store, StageKey key)
      throws IOException {
    Path directory = store.directory(key);
    if (store.find(key).isEmpty()) {
      throw new UsageException(
          "The networks of run %s are not in %s: it is %s (%s)"
              .formatted(run.name(), directory, run.status().orElse("not finished"), remedy(run)));
    }
    return TrainingJson.MAPPER.readValue(
        directory.resolve("unit.json").toFile(), ModelRequest.Train.class);
  }

  /**
   * How what a run was made of is made again: for a trial that is evaluated only when that is
   * forced, and then two runs have its name.
   */
  static String remedy(RecordedRun run) {
    String experiment = run.description().experiment();
    return run.isFinished()
        ? "`twofold run CONFIG --force evaluate` with the configuration named %s, and with --attempt where a fresh one made it, makes what is missing; this run is then called %s"
            .formatted(experiment, run.description().key())
        : "`twofold run CONFIG` with the configuration named %s, and with --attempt where a fresh one was to make it, makes what is missing"
            .formatted(experiment);
  }
}
