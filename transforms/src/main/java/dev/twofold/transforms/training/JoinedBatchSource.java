package dev.twofold.transforms.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Task;
import dev.twofold.transforms.sources.DataRefusedException;
import java.util.List;

/**
 * Several datasets as one task: the first one's images, then the second one's, classes joined by
 * name.
 */
final class JoinedBatchSource extends RowBatchSource {
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
  Batch one(int row) {
    int s = 0;
    int within = row;
    while (within >= sources.get(s).size()) {
      within -= sources.get(s++).size();
    }
    BatchSource source = sources.get(s);
    Batch one = source.inOrder(within, within + 1);
    int label = task.classes().indexOf(source.task().classes().get(one.labels()[0]));
    return new Batch(one.pixels(), new int[] {label});
  }

  @Override
  public void close() {
    sources.forEach(BatchSource::close);
  }
}
