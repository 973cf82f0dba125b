package dev.twofold.pipelines.report;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of one run over its steps.
 *
 * @param byName points of each metric, ascending in step
 */
public record Curves(SortedMap<String, List<Point>> byName) {

  public Curves {
    byName = Collections.unmodifiableSortedMap(byName);
  }

  /** Curves of these metrics, sorted by their names. */
  public Curves(Map<String, List<Point>> byName) {
    this(new TreeMap<>(byName));
  }

  /** Points of a metric; empty where it was never logged. */
  public List<Point> points(String name) {
    return byName.getOrDefault(name, List.of());
  }

  /** One value of a metric. */
  public record Point(long step, double value) {}
}
