package dev.twofold.pipelines.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Writes what describes the runs that MLflow shows: docs/events.md. */
final class RunFolders {
  private static final String OUTCOME = "outcome.jsonl";

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
    try (EventLog header = EventLog.open(folder.resolve("header.jsonl"), 0, null)) {
      header.start();
      for (Map.Entry<String, String> param : params.entrySet()) {
        header.param(param.getKey(), param.getValue());
      }
      for (Map.Entry<String, String> tag : tags.entrySet()) {
        header.tag(tag.getKey(), tag.getValue());
      }
    }
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

  /** A run that did not finish is running again: without its end a reader takes it up. */
  private static void goOn(Path folder) throws IOException {
    Path outcome = folder.resolve(OUTCOME);
    if (Files.exists(outcome) && !Files.readString(outcome).contains("\"FINISHED\"")) {
      Files.delete(outcome);
    }
  }

  /** Ends a run. A run that has ended in this way already keeps its end. */
  void end(PlannedRun run, String status, String reason) throws IOException {
    Path outcome = folder(run).resolve(OUTCOME);
    if (Files.exists(outcome) && Files.readString(outcome).contains("\"" + status + "\"")) {
      return;
    }
    Path temporary = DurableFiles.temporaryBeside(outcome);
    try (EventLog log = EventLog.open(temporary, 0, null)) {
      log.end(status, reason.isEmpty() ? null : reason);
    }
    DurableFiles.moveOver(temporary, outcome);
  }
}
