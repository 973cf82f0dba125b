package dev.twofold.pipelines.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.pipelines.report.Curves.Point;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the metrics of event logs (docs/events.md). A log that does not exist is empty, a last line
 * without its newline is not there yet, and of the same metric at the same step the first value
 * counts. Lines after the last checkpoint are read too: they tell how a failed trial failed.
 */
public final class CurveReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, SortedMap<Long, Double>> metrics = new TreeMap<>();

  private CurveReader() {}

  /** Curves of one run from all of its logs, in their order. */
  public static Curves read(List<Path> logs) throws IOException {
    CurveReader reader = new CurveReader();
    for (Path log : logs) {
      reader.readLog(log);
    }
    return reader.curves();
  }

  private void readLog(Path log) throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    String text = Files.readString(log, StandardCharsets.UTF_8);
    int number = 0;
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      number++;
      readLine(log, number, text.substring(start, end));
      start = end + 1;
    }
  }

  private void readLine(Path log, int number, String line) throws IOException {
    if (line.isBlank()) {
      return;
    }
    try {
      JsonNode event = JSON.readTree(line);
      if (event.path("event").asText().equals("metric")) {
        metrics
            .computeIfAbsent(event.path("name").asText(), name -> new TreeMap<>())
            .putIfAbsent(event.path("step").asLong(), number(event.path("value")));
      }
    } catch (JsonProcessingException | NumberFormatException e) {
      throw new IOException(
          "Cannot read event log %s: line %d is not an event".formatted(log, number), e);
    }
  }

  /** Numbers, and the names of the three that JSON lacks, which Java's parser knows. */
  private static double number(JsonNode value) {
    return value.isNumber() ? value.asDouble() : Double.parseDouble(value.asText());
  }

  private Curves curves() {
    Map<String, List<Point>> curves = new TreeMap<>();
    metrics.forEach((name, values) -> curves.put(name, points(values)));
    return new Curves(curves);
  }

  private static List<Point> points(SortedMap<Long, Double> values) {
    List<Point> points = new ArrayList<>();
    values.forEach((step, value) -> points.add(new Point(step, value)));
    return List.copyOf(points);
  }
}
