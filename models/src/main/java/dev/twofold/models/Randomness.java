package dev.twofold.models;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Counter-based randomness: every draw is named by (seed, purpose, counters), so a restarted
 * training needs no generator state.
 */
public final class Randomness {

  private Randomness() {}

  /** The stream that belongs to this purpose and these counters. */
  public static SplittableRandom stream(long seed, String purpose, long... counters) {
    return new SplittableRandom(hash(seed, purpose, counters));
  }

  /** 64 well-mixed bits that belong to this purpose and these counters. */
  public static long hash(long seed, String purpose, long... counters) {
    long h = mix(seed ^ 0x9E3779B97F4A7C15L);
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      h = mix(h ^ b);
    }
    for (long counter : counters) {
      h = mix(h ^ counter);
    }
    return h;
  }

  /** A random permutation of 0..n-1 (Fisher–Yates). */
  public static int[] permutation(int n, SplittableRandom random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), after its Weyl increment. */
  private static long mix(long x) {
    long z = x + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
