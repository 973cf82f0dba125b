package dev.twofold.pipelines.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A method's place in a column. Means that print alike share their place. */
enum Rank {
  BEST,
  SECOND,
  OTHER;

  /** Places of a column of means; a column with a single method ranks nothing. */
  static List<Rank> of(List<Spread> column) {
    List<String> places =
        column.stream()
            .filter(spread -> spread.n() > 0)
            .sorted(Comparator.comparingDouble(Spread::mean).reversed())
            .map(Spread::meanText)
            .distinct()
            .limit(2)
            .toList();
    if (places.size() < 2) {
      return Stream.generate(() -> OTHER).limit(column.size()).toList();
    }
    return column.stream().map(spread -> rank(spread, places)).toList();
  }

  private static Rank rank(Spread spread, List<String> places) {
    return switch (places.indexOf(spread.meanText())) {
      case 0 -> BEST;
      case 1 -> SECOND;
      default -> OTHER;
    };
  }
}
