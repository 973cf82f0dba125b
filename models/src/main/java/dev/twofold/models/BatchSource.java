package dev.twofold.models;

import java.util.Objects;
import java.util.stream.IntStream;

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
   * Images by their positions in the order of the ids.
   *
   * @param positions each in 0..size-1
   */
  Batch images(int... positions);

  /**
   * The order of a shuffled pass, one that this source reads well: every position once. It may be
   * given to others too, who read it alone.
   */
  int[] order(long seed, long pass);

  /**
   * Whether images are read when they are asked for, so that only such an order reads them fast.
   */
  default boolean streamed() {
    return false;
  }

  /**
   * Images {@code from} to {@code to - 1} in the order of their id.
   *
   * @throws IndexOutOfBoundsException unless 0 ≤ from ≤ to ≤ size
   */
  default Batch inOrder(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    return images(IntStream.range(from, to).toArray());
  }

  /**
   * Batch {@code index} of the shuffled pass {@code pass}: entries index·batchSize … of that pass's
   * order; the last batch of a pass wraps round to the order's beginning, so every batch is full.
   */
  default Batch shuffled(long seed, long pass, int index, int batchSize) {
    int[] order = order(seed, pass);
    int[] positions = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      positions[i] = order[(int) (((long) index * batchSize + i) % order.length)];
    }
    return images(positions);
  }

  @Override
  void close();
}
