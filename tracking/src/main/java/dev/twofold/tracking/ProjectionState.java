package dev.twofold.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far one run is projected to one server. Only a help: whoever loses it replays the logs, and
 * the server takes nothing twice.
 */
final class ProjectionState {
  private static final int FORMAT = 1;

  /**
   * @param before tells this log from another one in its place; empty where that is not known
   * @param done whether its {@code done} line is projected
   * @param end the last {@code end} event in it
   */
  record LogPosition(long offset, String before, boolean done, Optional<JsonNode> end) {
    static final LogPosition START = new LogPosition(0, "", false, Optional.empty());
  }

  private final Path file;
  private final Map<String, LogPosition> logs = new LinkedHashMap<>();
  private final Map<String, String> unregistered = new LinkedHashMap<>();
  private String runId = "";
  private String experimentId = "";
  private String artifactUri = "";
  private boolean nested;
  private boolean imagesMarked;
  private String sentEnd = "";

  private ProjectionState(Path file) {
    this.file = file;
  }

  /** An unreadable state is an absent one. */
  static ProjectionState load(Path file) {
    ProjectionState state = new ProjectionState(file);
    try {
      state.fill(Transport.JSON.readTree(Files.readAllBytes(file)));
    } catch (IOException e) {
      state.forgetRun();
    }
    return state;
  }

  private void fill(JsonNode json) {
    if (json.path("format").asInt() != FORMAT) {
      return;
    }
    runId = json.path("runId").asText();
    experimentId = json.path("experimentId").asText();
    artifactUri = json.path("artifactUri").asText();
    nested = json.path("nested").asBoolean();
    imagesMarked = json.path("imagesMarked").asBoolean();
    sentEnd = json.path("sentEnd").asText();
    json.path("unregistered")
        .properties()
        .forEach(model -> unregistered.put(model.getKey(), model.getValue().asText()));
    json.path("logs")
        .properties()
        .forEach(
            log ->
                logs.put(
                    log.getKey(),
                    new LogPosition(
                        log.getValue().path("offset").asLong(),
                        log.getValue().path("before").asText(),
                        log.getValue().path("done").asBoolean(),
                        Optional.of(log.getValue().path("end")).filter(JsonNode::isObject))));
  }

  /** Whole or not at all: a temporary file, then a rename. */
  void save() throws IOException {
    ObjectNode json = Transport.JSON.createObjectNode();
    json.put("format", FORMAT)
        .put("runId", runId)
        .put("experimentId", experimentId)
        .put("artifactUri", artifactUri)
        .put("nested", nested)
        .put("imagesMarked", imagesMarked)
        .put("sentEnd", sentEnd);
    ObjectNode models = json.putObject("unregistered");
    unregistered.forEach((id, name) -> models.put(id, name));
    ObjectNode positions = json.putObject("logs");
    logs.forEach(
        (log, position) -> {
          ObjectNode each =
              positions
                  .putObject(log)
                  .put("offset", position.offset())
                  .put("before", position.before())
                  .put("done", position.done());
          position.end().ifPresent(end -> each.set("end", end));
        });
    Files.createDirectories(file.getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.write(temporary, Transport.JSON.writeValueAsBytes(json));
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Nothing is told yet; how the run ended is known, and says how far its logs are read. */
  void forgetRun() {
    logs.replaceAll((log, position) -> new LogPosition(0, "", false, position.end()));
    runId = "";
    experimentId = "";
    artifactUri = "";
    nested = false;
    imagesMarked = false;
    sentEnd = "";
    unregistered.clear();
  }

  void adoptRun(String newRunId, String newExperimentId, String newArtifactUri) {
    forgetRun();
    runId = newRunId;
    experimentId = newExperimentId;
    artifactUri = newArtifactUri;
  }

  Optional<String> runId() {
    return Optional.of(runId).filter(id -> !id.isEmpty());
  }

  String experimentId() {
    return experimentId;
  }

  ArtifactRoot artifacts() {
    return ArtifactRoot.parse(artifactUri);
  }

  LogPosition position(String log) {
    return logs.getOrDefault(log, LogPosition.START);
  }

  void setPosition(String log, LogPosition position) {
    logs.put(log, position);
  }

  boolean isNested() {
    return nested;
  }

  void setNested() {
    nested = true;
  }

  boolean areImagesMarked() {
    return imagesMarked;
  }

  void setImagesMarked() {
    imagesMarked = true;
  }

  /** Models that the server has, and did not let us register, by id: what they are to be called. */
  Map<String, String> unregistered() {
    return Map.copyOf(unregistered);
  }

  void setUnregistered(String modelId, String registeredName) {
    unregistered.put(modelId, registeredName);
  }

  /** Nothing is left to do for this model. */
  void setRegistered(String modelId) {
    unregistered.remove(modelId);
  }

  /** The end that the server has, as its event; empty while the run goes on. */
  String sentEnd() {
    return sentEnd;
  }

  void setSentEnd(String end) {
    sentEnd = end;
  }
}
