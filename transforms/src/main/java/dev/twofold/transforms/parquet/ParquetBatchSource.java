package dev.twofold.transforms.parquet;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.PassOrder;
import dev.twofold.models.Randomness;
import dev.twofold.models.Task;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One side of one task's images, from a dataset's Parquet files.
 *
 * <p>Up to a limit of bytes the side is held in memory, and a shuffled pass is one permutation of
 * all rows: {@code Randomness.permutation(n, stream(seed, "order/" + task, pass))}.
 *
 * <p>Above the limit it is streamed with a bounded buffer: a pass permutes the row groups, fills
 * the buffer with as many of them as fit, and permutes the rows within each filling. Which rows
 * share a filling depends on the limit, so the order is a pure function of (seed, pass, limit,
 * dataset).
 */
public final class ParquetBatchSource implements BatchSource {
  /** Bytes of pixels that are held in memory unless a configuration says otherwise. */
  public static final long DEFAULT_MEMORY = 2L << 30;

  private final Task task;
  private final RowIndex index;
  private final PixelStore pixels;
  private final PassOrder order = new PassOrder();

  private ParquetBatchSource(Task task, RowIndex index, PixelStore pixels) {
    this.task = task;
    this.index = index;
    this.pixels = pixels;
  }

  /** Opens with {@link #DEFAULT_MEMORY}. */
  public static ParquetBatchSource open(Path dataset, Task task, Side side, Split split) {
    return open(dataset, task, side, split, List.of(), DEFAULT_MEMORY);
  }

  /**
   * Opens one side of a dataset's rows of the task's classes.
   *
   * @param dataset folder of an ingested dataset
   * @param without splits whose test sides are left out
   * @param memory bytes of pixels to hold
   * @throws DataRefusedException when dataset and task do not fit, or the side has no row
   */
  public static ParquetBatchSource open(
      Path dataset, Task task, Side side, Split split, List<Split> without, long memory) {
    try {
      RowIndex index = RowIndex.read(dataset, task, side, split, without);
      long bytes = (long) index.size() * task.shape().size();
      PixelStore pixels =
          bytes <= memory
              ? new PixelsInMemory(index, task.shape().size())
              : new PixelsStreamed(index, task.shape().size(), memory);
      return new ParquetBatchSource(task, index, pixels);
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s for task %s: %s".formatted(dataset, task.name(), e), e);
    }
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public int size() {
    return index.size();
  }

  @Override
  public synchronized Batch images(int... positions) {
    int size = task.shape().size();
    byte[] images = new byte[Math.multiplyExact(positions.length, size)]; // [n, h, w, c]
    int[] labels = new int[positions.length]; // [n]
    for (int i = 0; i < positions.length; i++) {
      pixels.copy(positions[i], images, i * size);
      labels[i] = index.label(positions[i]);
    }
    return new Batch(images, labels);
  }

  @Override
  public int[] order(long seed, long pass) {
    return order.of(
        seed, pass, () -> pixels.order(Randomness.stream(seed, "order/" + task.name(), pass)));
  }

  @Override
  public boolean streamed() {
    return pixels.streamed();
  }

  /** The row's name in its dataset, for predictions; position in the order of the ids. */
  public String id(int position) {
    return index.id(position);
  }

  @Override
  public void close() {}
}
