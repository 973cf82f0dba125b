package dev.twofold.transforms.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.PassOrder;
import dev.twofold.models.Randomness;
import dev.twofold.models.Task;
import dev.twofold.transforms.sources.DataRefusedException;
import java.util.List;

/**
 * Several datasets as one task: the first one's images, then the second one's, classes joined by
 * name.
 *
 * <p>A shuffled pass is one permutation of all images. Where they do not fit in memory, that would
 * read a row group for every image: then the turns of the datasets are shuffled, and each gives its
 * images in its own shuffled order.
 */
final class JoinedBatchSource implements BatchSource {
  private final Task task;
  private final List<BatchSource> sources;
  private final boolean streamed;
  private final int[] begins;
  private final PassOrder order = new PassOrder();

  JoinedBatchSource(Task task, List<BatchSource> sources, boolean streamed) {
    for (BatchSource source : sources) {
      if (!source.task().shape().equals(task.shape())) {
        throw new DataRefusedException(
            "Cannot join the datasets of task %s: one has images %s, another %s (must be equal)"
                .formatted(task.name(), task.shape(), source.task().shape()));
      }
    }
    this.task = task;
    this.sources = sources;
    this.streamed = streamed;
    this.begins = new int[sources.size() + 1];
    for (int s = 0; s < sources.size(); s++) {
      begins[s + 1] = begins[s] + sources.get(s).size();
    }
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public int size() {
    return begins[sources.size()];
  }

  @Override
  public boolean streamed() {
    return streamed;
  }

  @Override
  public Batch images(int... positions) {
    int size = task.shape().size();
    byte[] pixels = new byte[Math.multiplyExact(positions.length, size)]; // [n, h, w, c]
    int[] labels = new int[positions.length]; // [n]
    for (int i = 0; i < positions.length; i++) {
      BatchSource source = sources.get(sourceOf(positions[i]));
      Batch one = source.images(positions[i] - begins[sourceOf(positions[i])]);
      System.arraycopy(one.pixels(), 0, pixels, i * size, size);
      labels[i] = task.classes().indexOf(source.task().classes().get(one.labels()[0]));
    }
    return new Batch(pixels, labels);
  }

  private int sourceOf(int position) {
    int s = 0;
    while (position >= begins[s + 1]) {
      s++;
    }
    return s;
  }

  @Override
  public int[] order(long seed, long pass) {
    return order.of(
        seed,
        pass,
        () ->
            streamed
                ? inTurns(seed, pass)
                : Randomness.permutation(
                    size(), Randomness.stream(seed, "order/" + task.name(), pass)));
  }

  /** A random order of turns, in which every dataset has one for each of its images. */
  private int[] inTurns(long seed, long pass) {
    int[] turns =
        Randomness.permutation(size(), Randomness.stream(seed, "turns/" + task.name(), pass));
    List<int[]> orders = sources.stream().map(source -> source.order(seed, pass)).toList();
    int[] taken = new int[sources.size()];
    int[] inTurns = new int[turns.length];
    for (int turn = 0; turn < turns.length; turn++) {
      int s = sourceOf(turns[turn]);
      inTurns[turn] = begins[s] + orders.get(s)[taken[s]++];
    }
    return inTurns;
  }

  @Override
  public void close() {
    sources.forEach(BatchSource::close);
  }
}
