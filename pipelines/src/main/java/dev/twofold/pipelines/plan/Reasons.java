package dev.twofold.pipelines.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.Unfinished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why something is reused or made: what is not there, not even in part, is compared with the
 * nearest thing of the same stage that is, by the leaves of what was hashed into the keys.
 */
final class Reasons {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern TASK_NAME = Pattern.compile("tasks\\[\\d+]\\.name");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  /** More differences than these make a reason unreadable. */
  private static final int SHOWN = 3;

  private final ArtifactStore store;

  /** By what they are of, since little else is compared where a workdir holds thousands. */
  private final Map<Stage, Map<Map<String, String>, List<Made>>> made = new EnumMap<>(Stage.class);

  /** Key of an input → what to say when it changed. */
  private final Map<String, String> inputs = new HashMap<>();

  Reasons(ArtifactStore store) {
    this.store = store;
  }

  /** An artifact that is there. */
  private record Made(Manifest manifest, Map<String, String> leaves) {}

  /** Tells what a later stage says when this input is another one than it was. */
  void remember(StageKey key, String change) {
    inputs.putIfAbsent(key.hex(), change);
  }

  Decision decide(Stage stage, StageKey key, Map<String, Object> hashed) {
    Optional<Manifest> manifest = store.find(key);
    if (manifest.isPresent()) {
      return Decision.reuse(maker(manifest.get()));
    }
    Optional<String> unfinished = new Unfinished(store).state(key);
    if (unfinished.isPresent()) {
      return Decision.run(unfinished.get());
    }
    Map<String, String> leaves = leaves(hashed);
    return Decision.run(
        nearest(stage, leaves)
            .map(nearest -> change(nearest.leaves(), leaves))
            .orElse("nothing of the kind is there"));
  }

  private static String maker(Manifest manifest) {
    String when =
        TIME.format(Instant.ofEpochMilli(manifest.created()).atZone(ZoneId.systemDefault()));
    String invocation = manifest.context().path("invocation").asText("");
    return "made " + when + (invocation.isEmpty() ? "" : " by " + invocation);
  }

  private static Map<String, String> leaves(Object hashed) {
    Map<?, ?> plain = MAPPER.convertValue(hashed, Map.class);
    return Leaves.of(plain);
  }

  private Optional<Made> nearest(Stage stage, Map<String, String> leaves) {
    return made
        .computeIfAbsent(stage, this::readAll)
        .getOrDefault(subject(leaves), List.of())
        .stream()
        .max(
            Comparator.comparing(
                    // What was evaluated is the same thing, whatever has been left out of its
                    // scores.
                    (Made there) ->
                        Objects.equals(there.leaves().get("units"), leaves.get("units")))
                .thenComparingLong(there -> Leaves.equal(leaves, there.leaves()))
                .thenComparing(there -> there.manifest().created()));
  }

  /** Another method, or other tasks, are another thing and no change of this one. */
  private static Map<String, String> subject(Map<String, String> leaves) {
    Map<String, String> subject = new TreeMap<>(leaves);
    subject.keySet().removeIf(path -> !path.equals("method") && !TASK_NAME.matcher(path).matches());
    return subject;
  }

  private String change(Map<String, String> before, Map<String, String> after) {
    List<Leaves.Difference> differences = Leaves.differences(before, after);
    boolean onlyTheRepeat =
        differences.stream()
            .allMatch(
                difference ->
                    difference.path().equals("seed") || difference.path().endsWith("split.salt"));
    if (onlyTheRepeat && !differences.isEmpty()) {
      return "a new repeat or seed";
    }
    List<String> changes = differences.stream().map(this::describe).distinct().toList();
    String shown = changes.stream().limit(SHOWN).collect(Collectors.joining("; "));
    int more = changes.size() - SHOWN;
    return more > 0 ? shown + "; and %d more".formatted(more) : shown;
  }

  private String describe(Leaves.Difference difference) {
    String change = difference.after() == null ? null : inputs.get(difference.after());
    if (change != null) {
      return change;
    }
    if (difference.path().equals("source")) {
      return "the source's content changed";
    }
    if (difference.path().startsWith("searched.")) {
      return "split.searched changed";
    }
    return difference.path().equals("units") ? units(difference.after()) : difference.toString();
  }

  private String units(String keys) {
    return Stream.of(keys.split(", "))
        .map(inputs::get)
        .filter(change -> change != null && !change.isEmpty())
        .distinct()
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining("; "), text -> text.isEmpty() ? "other units" : text));
  }

  private Map<Map<String, String>, List<Made>> readAll(Stage stage) {
    Path folder = store.workdir().resolve("artifacts").resolve(stage.label());
    if (!Files.isDirectory(folder)) {
      return Map.of();
    }
    List<Made> all = new ArrayList<>();
    try (Stream<Path> artifacts = Files.list(folder)) {
      artifacts
          .map(artifact -> artifact.getFileName().toString())
          .filter(name -> name.matches("[0-9a-f]{32}"))
          .sorted()
          .forEach(
              name ->
                  store
                      .find(new StageKey(stage.label(), name))
                      .ifPresent(
                          manifest -> all.add(new Made(manifest, leaves(manifest.inputs())))));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list artifacts %s: %s".formatted(folder, e), e);
    }
    return all.stream().collect(Collectors.groupingBy(each -> subject(each.leaves())));
  }
}
