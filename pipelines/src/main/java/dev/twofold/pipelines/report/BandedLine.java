package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The mean of a metric over repeats at each step, and its deviation. */
record BandedLine(List<Place> places) {

  /**
   * One step.
   *
   * @param deviation 0 where only one repeat has a value
   */
  record Place(long step, double mean, double deviation) {

    boolean finite() {
      return Double.isFinite(mean) && Double.isFinite(deviation);
    }
  }

  /** Averages the curves of repeats; a repeat counts at the steps that it has. */
  static BandedLine over(List<List<Point>> repeats) {
    Map<Long, List<Double>> values = new TreeMap<>();
    for (List<Point> repeat : repeats) {
      for (Point point : repeat) {
        values.computeIfAbsent(point.step(), step -> new ArrayList<>()).add(point.value());
      }
    }
    List<Place> places = new ArrayList<>();
    values.forEach((step, at) -> places.add(place(step, Spread.of(at))));
    return new BandedLine(places);
  }

  private static Place place(long step, Spread spread) {
    return new Place(step, spread.mean(), spread.n() < 2 ? 0 : spread.deviation());
  }
}
