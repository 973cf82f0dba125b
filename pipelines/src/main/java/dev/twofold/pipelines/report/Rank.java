package dev.twofold.pipelines.report;

import java.util.ArrayList;
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

  /** Places of a table given as rows, as rows: each column ranks by itself. */
  static List<List<Rank>> columns(List<List<Spread>> rows) {
    List<List<Rank>> ranks = new ArrayList<>();
    rows.forEach(row -> ranks.add(new ArrayList<>()));
    for (int column = 0; !rows.isEmpty() && column < rows.get(0).size(); column++) {
      int at = column;
      List<Rank> places = of(rows.stream().map(row -> row.get(at)).toList());
      for (int row = 0; row < rows.size(); row++) {
        ranks.get(row).add(places.get(row));
      }
    }
    return ranks;
  }

  private static Rank rank(Spread spread, List<String> places) {
    return switch (places.indexOf(spread.meanText())) {
      case 0 -> BEST;
      case 1 -> SECOND;
      default -> OTHER;
    };
  }
}
