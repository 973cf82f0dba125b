package dev.twofold.pipelines.report;

import java.util.List;

/**
 * Mean and sample standard deviation (n − 1) of a quantity over repeats.
 *
 * @param n repeats that were averaged
 * @param mean NaN when n = 0
 * @param deviation NaN when n < 2: one repeat says nothing about spread
 */
public record Spread(int n, double mean, double deviation) {

  /** The spread of these values. */
  public static Spread of(List<Double> values) {
    int n = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).sum() / n;
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return new Spread(
        n, n == 0 ? Double.NaN : mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)));
  }

  /** {@code 0.753 ± 0.021}, {@code 0.753} of a single repeat, or a dash where there is none. */
  public String text() {
    if (n == 0) {
      return "–";
    }
    return n == 1 ? meanText() : meanText() + " ± " + Signed.plain(deviation);
  }

  /** The mean as it is printed; empty when there is none. */
  public String meanText() {
    return n == 0 ? "" : Signed.plain(mean);
  }
}
