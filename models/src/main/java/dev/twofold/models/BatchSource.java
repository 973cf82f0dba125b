package dev.twofold.models;

/**
 * One side (training or test) of one task's images. All that a model sees of data.
 *
 * <p>Orders are pure functions of (seed, pass), so that a resumed training reads what an
 * undisturbed one would have read.
 */
public interface BatchSource extends AutoCloseable {

  Task task();

  /** Number of images. */
  int size();

  /**
   * Images {@code from} to {@code to - 1} in the order of their id.
   *
   * @throws IndexOutOfBoundsException unless 0 ≤ from ≤ to ≤ size
   */
  Batch inOrder(int from, int to);

  /**
   * Batch {@code index} of the shuffled pass {@code pass}: entries index·batchSize … of that pass's
   * permutation; the last batch of a pass wraps round to the permutation's beginning, so every
   * batch is full.
   */
  Batch shuffled(long seed, long pass, int index, int batchSize);

  @Override
  void close();
}
