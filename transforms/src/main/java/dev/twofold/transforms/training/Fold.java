package dev.twofold.transforms.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.PassOrder;
import dev.twofold.models.Randomness;
import dev.twofold.models.Task;
import dev.twofold.models.training.TaskData;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Some of a source's images, in its order; closing it leaves the source open.
 *
 * <p>A shuffled pass is one permutation of the fold's images. Those of a source that is streamed
 * come in the order of the source's pass: any other would read a row group for every image.
 */
final class Fold implements BatchSource {
  private static final int CHUNK = 256;

  private final BatchSource source;
  private final int[] rows;
  private final PassOrder order = new PassOrder();

  private Fold(BatchSource source, int[] rows) {
    this.source = source;
    this.rows = rows;
  }

  /**
   * A task cut for cross-validation: every image is tested on in exactly one fold of n, and trained
   * on in all others. Images are dealt out at random, each class evenly (stratified), equal ones to
   * one fold.
   *
   * @param fold in 0..folds-1
   */
  static TaskData of(TaskData data, int fold, int folds, long seed) {
    BatchSource all = data.training();
    int[] foldOf = dealt(all, folds, seed);
    return new TaskData(
        new Fold(all, rows(foldOf, f -> f != fold)),
        new Fold(all, rows(foldOf, f -> f == fold)),
        data.augmentation(),
        data.labelMap());
  }

  private static int[] rows(int[] foldOf, IntPredicate wanted) {
    return IntStream.range(0, foldOf.length).filter(row -> wanted.test(foldOf[row])).toArray();
  }

  /**
   * The fold of each image: those of a class, shuffled, go to the folds in turn, and one that is
   * there several times to one fold.
   */
  private static int[] dealt(BatchSource source, int folds, long seed) {
    int[] order =
        Randomness.permutation(
            source.size(), Randomness.stream(seed, "folds/" + source.task().name()));
    long[] contents = contents(source);
    int[] next = new int[source.task().classes().size()];
    Map<Long, Integer> dealt = new HashMap<>();
    int[] foldOf = new int[source.size()];
    for (int row : order) {
      int label = (int) (contents[row] >>> Integer.SIZE);
      foldOf[row] = dealt.computeIfAbsent(contents[row], content -> next[label]++ % folds);
    }
    return foldOf;
  }

  /**
   * Label and hash of each image; two images of one hash in one fold do no harm. Some at a time:
   * the pixels of all need not fit in one array.
   */
  private static long[] contents(BatchSource source) {
    int size = source.task().shape().size();
    long[] contents = new long[source.size()];
    for (int from = 0; from < contents.length; from += CHUNK) {
      Batch some = source.inOrder(from, Math.min(contents.length, from + CHUNK));
      for (int i = 0; i < some.size(); i++) {
        byte[] pixels = Arrays.copyOfRange(some.pixels(), i * size, (i + 1) * size);
        contents[from + i] =
            ((long) some.labels()[i] << Integer.SIZE)
                | Integer.toUnsignedLong(Arrays.hashCode(pixels));
      }
    }
    return contents;
  }

  @Override
  public Task task() {
    return source.task();
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public boolean streamed() {
    return source.streamed();
  }

  @Override
  public Batch images(int... positions) {
    return source.images(Arrays.stream(positions).map(position -> rows[position]).toArray());
  }

  @Override
  public int[] order(long seed, long pass) {
    return order.of(
        seed,
        pass,
        () ->
            streamed()
                ? ofTheSource(seed, pass)
                : Randomness.permutation(
                    size(), Randomness.stream(seed, "order/" + task().name(), pass)));
  }

  /** The source's order of the pass, without the images that are in no row of this fold. */
  private int[] ofTheSource(long seed, long pass) {
    return Arrays.stream(source.order(seed, pass))
        .map(row -> Arrays.binarySearch(rows, row))
        .filter(position -> position >= 0)
        .toArray();
  }

  @Override
  public void close() {}
}
