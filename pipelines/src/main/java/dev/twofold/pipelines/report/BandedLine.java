package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The mean over repeats at each step or swept value, and its deviation. */
record BandedLine(List<Place> places) {

  /**
   * One point of the line.
   *
   * @param at step, or value of the sweep
   * @param deviation 0 where only one repeat has a value
   */
  record Place(double at, double mean, double deviation) {

    boolean finite() {
      return Double.isFinite(mean) && Double.isFinite(deviation);
    }
  }

  /**
   * Averages the curves of repeats that ended as they should. What a repeat came to counts on where
   * others train longer: without it the mean would leap.
   */
  static BandedLine whole(List<List<Point>> repeats) {
    return over(repeats, true);
  }

  /** Averages the curves of repeats; a repeat counts at the steps that it has. */
  static BandedLine over(List<List<Point>> repeats) {
    return over(repeats, false);
  }

  private static BandedLine over(List<List<Point>> repeats, boolean carriedOn) {
    Map<Long, List<Double>> values = new TreeMap<>();
    for (List<Point> repeat : repeats) {
      for (Point point : repeat) {
        values.computeIfAbsent(point.step(), step -> new ArrayList<>()).add(point.value());
      }
    }
    for (List<Point> repeat : repeats) {
      if (carriedOn && !repeat.isEmpty()) {
        Point last = repeat.get(repeat.size() - 1);
        values.forEach(
            (step, at) -> {
              if (step > last.step()) {
                at.add(last.value());
              }
            });
      }
    }
    List<Place> places = new ArrayList<>();
    values.forEach((step, at) -> places.add(place(step, Spread.of(at))));
    return new BandedLine(places);
  }

  /** A line through these values, of which some may be of no repeat. */
  static BandedLine through(SortedMap<Double, Spread> spreads) {
    List<Place> places = new ArrayList<>();
    spreads.forEach(
        (at, spread) -> {
          if (spread.n() > 0) {
            places.add(place(at, spread));
          }
        });
    return new BandedLine(places);
  }

  /** The same, drawn as if its steps were {@code unit} long. */
  BandedLine scaled(double unit) {
    return new BandedLine(
        places.stream()
            .map(place -> new Place(place.at() * unit, place.mean(), place.deviation()))
            .toList());
  }

  /** Its last step or value; 0 of none. */
  double end() {
    return places.isEmpty() ? 0 : places.get(places.size() - 1).at();
  }

  private static Place place(double at, Spread spread) {
    return new Place(at, spread.mean(), spread.n() < 2 ? 0 : spread.deviation());
  }
}
