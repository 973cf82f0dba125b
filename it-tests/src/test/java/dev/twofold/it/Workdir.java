package dev.twofold.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a workdir by docs/artifacts.md and docs/events.md alone. */
record Workdir(Path path) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> TIMES = Set.of("time/epoch", "images_per_second");

  /** Folders of a stage's whole artifacts. */
  Set<Path> whole(String stage) {
    return folders("artifacts/" + stage).stream()
        .filter(folder -> Files.exists(folder.resolve("manifest.json")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Folders of tracked runs. */
  Set<Path> runs(String experiment) {
    return folders("runs/" + experiment);
  }

  private Set<Path> folders(String relative) {
    Path parent = path.resolve(relative);
    if (!Files.isDirectory(parent)) {
      return Set.of();
    }
    try (Stream<Path> folders = Files.list(parent)) {
      return folders.filter(Files::isDirectory).collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  /** What was hashed into an artifact's key. */
  static JsonNode inputs(Path artifact) {
    return json(artifact.resolve("manifest.json")).path("inputs");
  }

  /** The complete lines of an event log; none where it does not exist. */
  static List<JsonNode> events(Path log) {
    if (!Files.exists(log)) {
      return List.of();
    }
    try {
      String text = Files.readString(log);
      List<JsonNode> events = new ArrayList<>();
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        events.add(JSON.readTree(line));
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Steps that unfinished units have done, as their logs say. */
  int progress() {
    return folders("artifacts/train").stream()
        .filter(unit -> !Files.exists(unit.resolve("manifest.json")))
        .flatMap(unit -> events(unit.resolve("events.jsonl")).stream())
        .filter(event -> event.path("event").asText().equals("progress"))
        .mapToInt(event -> event.path("step").asInt())
        .max()
        .orElse(0);
  }

  /**
   * All numbers of an attempt: of every unit its metrics and the digest of its weights, of every
   * evaluation its scores.
   *
   * @param attempt 0, or the number of a {@code --fresh} one
   */
  Map<String, List<String>> bits(int attempt) {
    Map<String, List<String>> bits = new TreeMap<>();
    for (String stage : List.of("pretrain", "train")) {
      for (Path unit : whole(stage)) {
        JsonNode inputs = inputs(unit);
        if (inputs.path("attempt").asInt() == attempt) {
          bits.put(name(stage, inputs), numbers(unit));
        }
      }
    }
    return bits;
  }

  private static String name(String stage, JsonNode inputs) {
    List<String> tasks = new ArrayList<>();
    inputs.path("tasks").forEach(task -> tasks.add(task.path("name").asText()));
    return "%s %s %s %s".formatted(stage, inputs.path("method").asText(), tasks, seed(inputs));
  }

  private static String seed(JsonNode inputs) {
    return inputs.path("seed").asText();
  }

  private static List<String> numbers(Path unit) {
    List<String> numbers = new ArrayList<>();
    for (JsonNode event : events(unit.resolve("events.jsonl"))) {
      if (event.path("event").asText().equals("metric")
          && !TIMES.contains(event.path("name").asText())) {
        numbers.add(
            "%s %s %s".formatted(event.path("name"), event.path("step"), event.path("value")));
      }
    }
    numbers.add("weights " + sha256(unit.resolve("weights.npz")));
    return numbers;
  }

  private static String sha256(Path file) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
