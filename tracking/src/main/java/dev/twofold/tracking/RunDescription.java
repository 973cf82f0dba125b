package dev.twofold.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code run.json} says of one MLflow run; docs/events.md is its contract.
 *
 * @param key makes the run unique among a workdir's on a server, as the tag {@code twofold.key}
 * @param logs event logs relative to the workdir, in the order in which they tell the run
 * @param parent the key of the run that this one is nested under
 * @param register the name below which the run's models are registered
 */
public record RunDescription(
    Path folder,
    String kind,
    String experiment,
    String key,
    String name,
    List<String> logs,
    Optional<String> parent,
    Optional<String> register) {

  private static final String FILE = "run.json";
  private static final int FORMAT = 1;

  public RunDescription {
    logs = List.copyOf(logs);
    requireText(folder, "experiment", experiment);
    requireText(folder, "key", key);
    requireOneKindOfQuotes(folder, "experiment", experiment);
    requireOneKindOfQuotes(folder, "key", key);
  }

  /** The same run, called otherwise. */
  public RunDescription withName(String other) {
    return new RunDescription(folder, kind, experiment, key, other, logs, parent, register);
  }

  /** Reads {@code run.json} in a run's folder. */
  public static RunDescription read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    JsonNode json;
    try {
      json = Transport.JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Invalid run description %s: %s".formatted(file, e.getOriginalMessage()), e);
    }
    if (json.path("format").asInt() != FORMAT) {
      throw invalid(folder, "format %s (must be %d)".formatted(json.path("format"), FORMAT));
    }
    List<String> logs = new ArrayList<>();
    json.path("logs").forEach(log -> logs.add(log.asText()));
    return new RunDescription(
        folder,
        json.path("kind").asText("trial"),
        json.path("experiment").asText(""),
        json.path("key").asText(""),
        json.path("name").asText(""),
        logs,
        optional(json, "parent"),
        optional(json, "register"));
  }

  /** The folders of all runs that a workdir describes, in a stable order. */
  public static List<Path> findAll(Path workdir) throws IOException {
    Path runs = workdir.resolve("runs");
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(runs, 3)) {
      return paths
          .filter(path -> path.getFileName().toString().equals(FILE))
          .map(Path::getParent)
          .sorted()
          .toList();
    }
  }

  private static Optional<String> optional(JsonNode json, String field) {
    return Optional.of(json.path(field).asText("")).filter(value -> !value.isBlank());
  }

  private static void requireText(Path folder, String field, String value) {
    if (value.isBlank()) {
      throw invalid(folder, "%s (must not be empty)".formatted(field));
    }
  }

  /** MLflow cannot search for a value with both: its filters know no escape. */
  private static void requireOneKindOfQuotes(Path folder, String field, String value) {
    if (value.contains("'") && value.contains("\"")) {
      throw invalid(folder, "%s %s (must not hold both ' and \")".formatted(field, value));
    }
  }

  private static IllegalArgumentException invalid(Path folder, String what) {
    return new IllegalArgumentException(
        "Invalid run description %s: %s".formatted(folder.resolve(FILE), what));
  }
}
