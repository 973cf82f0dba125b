package dev.twofold.transforms.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Randomness;
import dev.twofold.models.Task;
import dev.twofold.transforms.sources.DataRefusedException;
import java.util.List;
import java.util.Objects;

/**
 * Several datasets as one task: the first one's images, then the second one's, classes joined by
 * name.
 */
final class JoinedBatchSource implements BatchSource {
  private final Task task;
  private final List<BatchSource> sources;

  JoinedBatchSource(Task task, List<BatchSource> sources) {
    for (BatchSource source : sources) {
      if (!source.task().shape().equals(task.shape())) {
        throw new DataRefusedException(
            "Cannot join the datasets of task %s: one has images %s, another %s (must be equal)"
                .formatted(task.name(), task.shape(), source.task().shape()));
      }
    }
    this.task = task;
    this.sources = sources;
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public int size() {
    return sources.stream().mapToInt(BatchSource::size).sum();
  }

  @Override
  public Batch inOrder(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    int[] rows = new int[to - from];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = from + i;
    }
    return batch(rows);
  }

  @Override
  public Batch shuffled(long seed, long pass, int index, int batchSize) {
    int[] order =
        Randomness.permutation(size(), Randomness.stream(seed, "order/" + task.name(), pass));
    int[] rows = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      rows[i] = order[(int) (((long) index * batchSize + i) % order.length)];
    }
    return batch(rows);
  }

  private Batch batch(int[] rows) {
    int size = task.shape().size();
    byte[] pixels = new byte[rows.length * size]; // [n, h, w, c]
    int[] labels = new int[rows.length]; // [n]
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      int s = 0;
      while (row >= sources.get(s).size()) {
        row -= sources.get(s++).size();
      }
      BatchSource source = sources.get(s);
      Batch one = source.inOrder(row, row + 1);
      System.arraycopy(one.pixels(), 0, pixels, i * size, size);
      labels[i] = task.classes().indexOf(source.task().classes().get(one.labels()[0]));
    }
    return new Batch(pixels, labels);
  }

  @Override
  public void close() {
    sources.forEach(BatchSource::close);
  }
}
