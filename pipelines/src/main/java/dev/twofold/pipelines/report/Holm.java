package dev.twofold.pipelines.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's correction for several tests: the k-th smallest of m values is multiplied by m − k + 1,
 * and none is below a smaller one's.
 */
final class Holm {

  private Holm() {}

  /** Corrected values in the order of the given ones; NaN, which is no test, stays. */
  static List<Double> adjust(List<Double> p) {
    List<Integer> ascending =
        IntStream.range(0, p.size())
            .boxed()
            .filter(i -> !p.get(i).isNaN())
            .sorted(Comparator.comparing(p::get))
            .toList();
    double[] adjusted = p.stream().mapToDouble(Double::doubleValue).toArray();
    double least = 0;
    for (int k = 0; k < ascending.size(); k++) {
      least = Math.max(least, Math.min(1, (ascending.size() - k) * p.get(ascending.get(k))));
      adjusted[ascending.get(k)] = least;
    }
    return IntStream.range(0, p.size()).mapToObj(i -> adjusted[i]).toList();
  }
}
