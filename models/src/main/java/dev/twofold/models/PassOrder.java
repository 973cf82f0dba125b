package dev.twofold.models;

import java.util.function.Supplier;

/** The order of one shuffled pass, drawn once for all of its batches. */
public final class PassOrder {
  private int[] order;
  private long seed;
  private long pass;

  /**
   * The order of a pass.
   *
   * @param draw called where another pass than the last one is asked for
   */
  public synchronized int[] of(long seed, long pass, Supplier<int[]> draw) {
    if (order == null || this.seed != seed || this.pass != pass) {
      order = draw.get();
      this.seed = seed;
      this.pass = pass;
    }
    return order;
  }
}
