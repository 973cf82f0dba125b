package dev.twofold.pipelines.recorded;

import dev.twofold.tracking.RunDescription;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run of a workdir, as docs/events.md has it, written by a test. */
public final class WrittenRun {
  private static final String DIGEST = "d1";

  private final Path workdir;
  private final String key;

  /** {@code aa11} of the experiment {@code e}, or {@code f/aa11} of another one. */
  private WrittenRun(Path workdir, String id) {
    this.workdir = workdir;
    this.key = id.contains("/") ? id : "e/" + id;
  }

  /** A finished trial of the group {@code pair}. */
  public static WrittenRun trial(Path workdir, String id, String label, int repeat)
      throws IOException {
    return trial(workdir, id, label, "", repeat);
  }

  /** At a point of a sweep, as names have it: {@code threshold 0.4 · }. */
  static WrittenRun trial(Path workdir, String id, String label, String point, int repeat)
      throws IOException {
    WrittenRun run = new WrittenRun(workdir, id);
    run.describe("trial", "%s · pair · %s%d".formatted(label, point, repeat));
    try (EventLog header = run.open("header.jsonl")) {
      header.start();
      header.param("label", label);
      header.param("repeat", "" + repeat);
      header.param("training.steps", "100");
      header.tag("group", "pair");
      header.tag("repeat", "" + repeat);
      header.tag("twofold.version.tensorflow", "2.18.0");
    }
    return run.ended("FINISHED");
  }

  /** A summary of these trials. */
  public static WrittenRun summary(Path workdir, String id, List<String> trials, String yaml)
      throws IOException {
    WrittenRun run = new WrittenRun(workdir, id);
    run.describe("summary", id);
    Files.writeString(run.folder().resolve("configuration.yaml"), yaml);
    Map<String, String> names = new LinkedHashMap<>();
    for (String trial : trials) {
      Path described = new WrittenRun(workdir, trial).folder();
      names.put("e/" + trial, RunDescription.read(described).name());
    }
    return run.about(names).ended("FINISHED");
  }

  /** As the summary calls its trials, by their keys. */
  WrittenRun about(Map<String, String> names) throws IOException {
    RecordedRuns.writeTrials(folder(), names);
    return this;
  }

  /** With test accuracies by task, and the epochs' losses. */
  public WrittenRun with(Map<String, Double> accuracies, double... losses) throws IOException {
    try (EventLog log = open("unit.jsonl")) {
      for (String task : accuracies.keySet()) {
        log.input(task, DIGEST, DIGEST, "test", "set-" + task, 30, 3);
        log.metric("test_accuracy/" + task, accuracies.get(task), 0);
      }
      for (int epoch = 1; epoch <= losses.length; epoch++) {
        log.metric("loss/all", losses[epoch - 1], epoch);
      }
    }
    return this;
  }

  public WrittenRun ended(String status) throws IOException {
    try (EventLog log = open("outcome.jsonl")) {
      log.end(status, null);
    }
    return this;
  }

  public WrittenRun unended() throws IOException {
    Files.delete(folder().resolve("outcome.jsonl"));
    return this;
  }

  private Path folder() throws IOException {
    return Files.createDirectories(workdir.resolve("runs").resolve(key));
  }

  private EventLog open(String log) throws IOException {
    return EventLog.open(folder().resolve(log), 0, null);
  }

  private void describe(String kind, String name) throws IOException {
    Map<String, Object> json =
        Map.of(
            "format",
            1,
            "kind",
            kind,
            "experiment",
            key.substring(0, key.indexOf('/')),
            "key",
            key,
            "name",
            name,
            "logs",
            List.of(
                "runs/%s/header.jsonl".formatted(key),
                "runs/%s/unit.jsonl".formatted(key),
                "runs/%s/outcome.jsonl".formatted(key)));
    Files.write(folder().resolve("run.json"), TrainingJson.MAPPER.writeValueAsBytes(json));
  }
}
