package dev.twofold.pipelines.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.tracking.RunDescription;
import dev.twofold.transforms.training.EventLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the event logs of one run say (docs/events.md).
 *
 * @param workdir that its logs and artifacts are in
 * @param parameters by dotted key
 * @param metrics last value of each
 * @param started milliseconds since the epoch; 0 where the log does not say
 * @param status FINISHED, FAILED or KILLED; empty while the run has no end
 */
public record RecordedRun(
    Path workdir,
    RunDescription description,
    SortedMap<String, String> parameters,
    SortedMap<String, String> tags,
    List<Input> inputs,
    SortedMap<String, Double> metrics,
    long started,
    Optional<String> status) {

  /**
   * One side of one task's data.
   *
   * @param context train, validation or test
   * @param source name of the dataset
   */
  public record Input(
      String task, String context, String source, String digest, long rows, int classes) {}

  /** Reads a run's logs, as far as they are there. */
  public static RecordedRun read(Path workdir, RunDescription description) throws IOException {
    Reader reader = new Reader();
    for (String log : description.logs()) {
      EventLines.read(workdir.resolve(log), 0, reader::take);
    }
    return new RecordedRun(
        workdir,
        description,
        reader.parameters,
        reader.tags,
        List.copyOf(reader.inputs),
        reader.metrics,
        reader.started,
        Optional.ofNullable(reader.status));
  }

  public String name() {
    return description.name();
  }

  public boolean isFinished() {
    return status.filter("FINISHED"::equals).isPresent();
  }

  /** 1-based; 0 for what has no repeats. */
  public int repeat() {
    return Integer.parseInt(tags.getOrDefault("repeat", "0"));
  }

  private static final class Reader {
    private final SortedMap<String, String> parameters = new TreeMap<>();
    private final SortedMap<String, String> tags = new TreeMap<>();
    private final List<Input> inputs = new ArrayList<>();
    private final SortedMap<String, Double> metrics = new TreeMap<>();
    private final Map<String, Long> steps = new TreeMap<>();
    private long started;
    private String status;

    void take(JsonNode event) {
      switch (event.path("event").asText()) {
        case "start" -> started = started == 0 ? event.path("time").asLong() : started;
        case "param" -> parameter(name(event), event.path("value").asText());
        case "tag" -> tags.putIfAbsent(name(event), event.path("value").asText());
        case "input" -> inputs.add(input(event));
        case "metric" -> metric(name(event), event);
        case "end" -> status = event.path("status").asText();
        default -> {}
      }
    }

    /** An earlier version logged parameters without a value. */
    private void parameter(String name, String value) {
      if (!value.isEmpty()) {
        parameters.putIfAbsent(name, value);
      }
    }

    private static String name(JsonNode event) {
      return event.path("name").asText();
    }

    private static Input input(JsonNode event) {
      return new Input(
          name(event),
          event.path("context").asText(),
          event.path("source").asText(),
          event.path("digest").asText(),
          event.path("rows").asLong(),
          event.path("classes").asInt());
    }

    private void metric(String name, JsonNode event) {
      long step = event.path("step").asLong();
      Long last = steps.get(name);
      OptionalDouble value = EventLines.number(event.path("value"));
      if (value.isPresent() && (last == null || step > last)) {
        steps.put(name, step);
        metrics.put(name, value.getAsDouble());
      }
    }
  }
}
