package dev.twofold.pipelines.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.transforms.training.EventLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the metrics of event logs (docs/events.md): of the same metric at the same step the first
 * value counts. Lines after the last checkpoint are read too: they tell how a failed trial failed.
 */
public final class CurveReader {

  private final Map<String, SortedMap<Long, Double>> metrics = new TreeMap<>();

  private CurveReader() {}

  /** Curves of one run from all of its logs, in their order. */
  public static Curves read(List<Path> logs) throws IOException {
    CurveReader reader = new CurveReader();
    for (Path log : logs) {
      EventLines.read(log, 0, reader::take);
    }
    return reader.curves();
  }

  private void take(JsonNode event) {
    if (event.path("event").asText().equals("metric")) {
      EventLines.number(event.path("value"))
          .ifPresent(
              value ->
                  metrics
                      .computeIfAbsent(event.path("name").asText(), name -> new TreeMap<>())
                      .putIfAbsent(event.path("step").asLong(), value));
    }
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
