package dev.twofold.pipelines.sample;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws that are the same on every Java: of the generator only {@code nextLong} is used, whose
 * sequence is fixed, whereas the bounded and Gaussian draws of the library may change.
 */
final class Dice {

  private static final double UNIT = 1.0 / (1L << 53);

  private final SplittableRandom random;

  Dice(SplittableRandom random) {
    this.random = random;
  }

  /** Uniform in [low, high). */
  double uniform(double low, double high) {
    return low + (high - low) * ((random.nextLong() >>> 11) * UNIT);
  }

  /** Uniform in 0..bound-1. */
  int below(int bound) {
    return (int) uniform(0, bound);
  }

  boolean chance(double probability) {
    return uniform(0, 1) < probability;
  }

  /** Bell-shaped with mean 0: the sum of three uniform draws, of standard deviation 1. */
  double bell() {
    return uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1);
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
