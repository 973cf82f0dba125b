package dev.twofold.pipelines.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.pipelines.recorded.RecordedRuns;
import dev.twofold.tracking.RunDescription;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.training.EventLines;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Writes what describes the runs that MLflow shows: docs/events.md. */
final class RunFolders {
  /** The tag with the invocation that first described a run. */
  static final String INVOCATION = "twofold.invocation";

  private static final String HEADER = "header.jsonl";
  private static final String ABANDONED =
      "its command was killed, and no later one went on with it";
  private static final String OUTCOME = "outcome.jsonl";

  /** The key of a later summary that tells all of this one's trials, and more or better. */
  private static final String SUPERSEDED = "twofold.superseded";

  private final Path workdir;
  private final Optional<String> register;

  /**
   * Folders below a workdir.
   *
   * @param register name under which exported models are registered
   */
  RunFolders(Path workdir, Optional<String> register) {
    this.workdir = workdir;
    this.register = register;
  }

  Path folder(PlannedRun run) {
    return workdir.resolve(run.folder());
  }

  /** Describes a run, unless an earlier invocation has. */
  Path describe(
      PlannedRun run, Optional<String> parent, Map<String, String> params, Map<String, String> tags)
      throws IOException {
    Path folder = folder(run);
    if (Files.exists(folder.resolve("run.json"))) {
      goOn(folder);
      return folder;
    }
    Files.createDirectories(folder);
    try (EventLog header = EventLog.open(folder.resolve(HEADER), 0, null)) {
      header.start();
      for (Map.Entry<String, String> param : params.entrySet()) {
        header.param(param.getKey(), param.getValue());
      }
      for (Map.Entry<String, String> tag : tags.entrySet()) {
        header.tag(tag.getKey(), tag.getValue());
      }
    }
    DurableFiles.force(folder.resolve(HEADER)); // run.json says that it is whole
    ObjectNode json =
        TrainingJson.MAPPER
            .createObjectNode()
            .put("format", 1)
            .put("kind", run.kind())
            .put("experiment", run.experiment())
            .put("key", run.key())
            .put("name", run.name());
    parent.ifPresent(key -> json.put("parent", key));
    register.ifPresent(name -> json.put("register", name));
    run.logs().forEach(json.putArray("logs")::add);
    DurableFiles.replace(folder.resolve("run.json"), TrainingJson.MAPPER.writeValueAsBytes(json));
    return folder;
  }

  /** The folder of the run that a server shows this one below, which an earlier one may be. */
  Optional<Path> parent(RunDescription run) {
    return run.parent().map(key -> workdir.resolve("runs").resolve(key)).filter(Files::isDirectory);
  }

  /** A run that did not finish is running again: without its end a reader takes it up. */
  private static void goOn(Path folder) throws IOException {
    Path outcome = folder.resolve(OUTCOME);
    if (!hasStatus(outcome, "FINISHED")) {
      Files.deleteIfExists(outcome);
    }
  }

  boolean isFinished(PlannedRun run) throws IOException {
    return hasStatus(folder(run).resolve(OUTCOME), "FINISHED");
  }

  /** The folders of all runs of an experiment, in a stable order. */
  List<Path> ofExperiment(String name) throws IOException {
    Path experiment = workdir.resolve("runs").resolve(name);
    if (!Files.isDirectory(experiment)) {
      return List.of();
    }
    try (Stream<Path> runs = Files.list(experiment)) {
      return runs.filter(run -> Files.exists(run.resolve("run.json"))).sorted().toList();
    }
  }

  static boolean hasEnded(Path run) {
    return Files.exists(run.resolve(OUTCOME));
  }

  /** Whether one of these invocations first described a run. */
  boolean isOf(Path run, Set<String> invocations) throws IOException {
    return events(run.resolve(HEADER), "tag").stream()
        .filter(tag -> tag.path("name").asText().equals(INVOCATION))
        .anyMatch(tag -> invocations.contains(tag.path("value").asText()));
  }

  /** The last end counts. */
  private static boolean hasStatus(Path outcome, String status) throws IOException {
    List<JsonNode> ends = events(outcome, "end");
    return !ends.isEmpty() && ends.get(ends.size() - 1).path("status").asText().equals(status);
  }

  private static List<JsonNode> events(Path log, String name) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    EventLines.read(log, 0, events::add);
    events.removeIf(event -> !event.path("event").asText().equals(name));
    return events;
  }

  /**
   * Tags the summaries that ended before and all of whose trials are among this one's: those of
   * fewer repeats, or of trials that had failed.
   *
   * @return their folders, for a server that does not have the tag yet
   */
  List<Path> supersede(PlannedRun summary) throws IOException {
    Set<String> trials = RecordedRuns.readTrials(folder(summary)).keySet();
    List<Path> superseded = new ArrayList<>();
    for (Path folder : RunDescription.findAll(workdir)) {
      if (isEarlierSummary(RunDescription.read(folder), summary)) {
        Set<String> theirs = RecordedRuns.readTrials(folder).keySet();
        if (!theirs.isEmpty() && trials.containsAll(theirs)) {
          tag(folder, summary.key());
          superseded.add(folder);
        }
      }
    }
    return superseded;
  }

  /** A summary that is being made elsewhere has no end yet; keys are in the order of time. */
  private static boolean isEarlierSummary(RunDescription run, PlannedRun summary) {
    return run.kind().equals("summary")
        && run.experiment().equals(summary.experiment())
        && run.key().compareTo(summary.key()) < 0
        && Files.exists(run.folder().resolve(OUTCOME));
  }

  /** Once: the first to supersede it is the next to read. */
  private static void tag(Path summary, String superseding) throws IOException {
    Path header = summary.resolve(HEADER);
    if (events(header, "tag").stream().noneMatch(RunFolders::isSuperseded)) {
      try (EventLog log = EventLog.open(header, Files.size(header), null)) {
        log.tag(SUPERSEDED, superseding);
      }
    }
  }

  private static boolean isSuperseded(JsonNode tag) {
    return tag.path("name").asText().equals(SUPERSEDED);
  }

  /** Ends a run. A run that has ended in this way already keeps its end. */
  void end(PlannedRun run, String status, String reason) throws IOException {
    end(folder(run), status, reason);
  }

  /** Ends a run that nobody is at work on any more. */
  void abandon(Path run) throws IOException {
    end(run, "KILLED", ABANDONED);
  }

  /** Whether {@link #abandon} has ended it. */
  boolean isAbandoned(Path run) throws IOException {
    return events(run.resolve(OUTCOME), "end").stream()
        .anyMatch(end -> end.path("reason").asText().equals(ABANDONED));
  }

  private static void end(Path run, String status, String reason) throws IOException {
    Path outcome = run.resolve(OUTCOME);
    if (hasStatus(outcome, status)) {
      return;
    }
    Path temporary = DurableFiles.temporaryBeside(outcome);
    try (EventLog log = EventLog.open(temporary, 0, null)) {
      log.end(status, reason.isEmpty() ? null : reason);
    }
    DurableFiles.moveOver(temporary, outcome);
  }
}
