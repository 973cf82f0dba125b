package dev.twofold.pipelines.report;

import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A paired t test over repeats with the correction for resampled splits of <a
 * href="https://doi.org/10.1023/A:1024068626366">Nadeau and Bengio</a>: repeats draw their test
 * sides from the same images, so their differences d vary less than those of new images would, and
 *
 * <p>t = mean(d) / √((1/n + n_test/n_train) · s²), with n − 1 degrees of freedom.
 *
 * @param differences of the n repeats
 * @param p two-sided; NaN where nothing can be tested
 * @param smallest difference of these repeats' deviation that has p = .05; NaN where nothing can be
 *     tested, or the differences do not deviate
 */
record PairedTest(Spread differences, double p, double smallest) {

  static final double LEVEL = .05;
  private static final double NOTHING = 1e-12;

  /**
   * Tests these differences against none.
   *
   * @param testToTrain images of the test side to those of the training side; 0 where every repeat
   *     has the same, for the plain paired test; NaN where unknown, which leaves nothing to test
   */
  static PairedTest of(List<Double> differences, double testToTrain) {
    Spread spread = Spread.of(differences);
    if (spread.n() < 2 || Double.isNaN(testToTrain)) {
      return new PairedTest(spread, Double.NaN, Double.NaN);
    }
    TDistribution t = TDistribution.of(spread.n() - 1);
    double error = spread.deviation() * Math.sqrt(1.0 / spread.n() + testToTrain);
    double smallest =
        error < NOTHING ? Double.NaN : t.inverseSurvivalProbability(LEVEL / 2) * error;
    return new PairedTest(spread, p(spread.mean(), error, t), smallest);
  }

  /** Differences that are all alike and not zero tell nothing of how they vary. */
  private static double p(double mean, double error, TDistribution t) {
    if (error < NOTHING) {
      return Math.abs(mean) < NOTHING ? 1 : Double.NaN;
    }
    return 2 * t.survivalProbability(Math.abs(mean) / error);
  }
}
