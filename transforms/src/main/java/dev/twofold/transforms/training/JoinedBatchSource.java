package dev.twofold.transforms.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Randomness;
import dev.twofold.models.Task;
import dev.twofold.transforms.sources.DataRefusedException;
import java.util.ArrayList;
import java.util.List;

/**
 * Several datasets as one task: the first one's images, then the second one's, classes joined by
 * name.
 *
 * <p>A shuffled pass is one permutation of all images. Where they do not fit in memory, that would
 * read a row group for every image: then the turns of the datasets are shuffled, and each gives its
 * images in its own shuffled order.
 */
final class JoinedBatchSource extends RowBatchSource {
  private final Task task;
  private final List<BatchSource> sources;
  private final boolean streamed;
  private long turnsSeed;
  private long turnsPass;
  private int[] turns;
  private int[] ranks;

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
    return relabelled(s, sources.get(s).inOrder(within, within + 1));
  }

  private Batch relabelled(int s, Batch one) {
    String name = sources.get(s).task().classes().get(one.labels()[0]);
    return new Batch(one.pixels(), new int[] {task.classes().indexOf(name)});
  }

  @Override
  public synchronized Batch shuffled(long seed, long pass, int index, int batchSize) {
    if (!streamed) {
      return super.shuffled(seed, pass, index, batchSize);
    }
    drawTurns(seed, pass);
    List<Batch> images = new ArrayList<>();
    for (int i = 0; i < batchSize; i++) {
      int turn = (int) (((long) index * batchSize + i) % turns.length);
      BatchSource source = sources.get(turns[turn]);
      images.add(relabelled(turns[turn], source.shuffled(seed, pass, ranks[turn], 1)));
    }
    return batch(images);
  }

  /** Whose turn it is, a random order in which every dataset has one for each of its images. */
  private void drawTurns(long seed, long pass) {
    if (turns != null && turnsSeed == seed && turnsPass == pass) {
      return;
    }
    int[] ends = new int[sources.size()];
    for (int s = 0; s < ends.length; s++) {
      ends[s] = (s == 0 ? 0 : ends[s - 1]) + sources.get(s).size();
    }
    turns = Randomness.permutation(size(), Randomness.stream(seed, "turns/" + task.name(), pass));
    ranks = new int[turns.length];
    int[] taken = new int[ends.length];
    for (int turn = 0; turn < turns.length; turn++) {
      int s = 0;
      while (turns[turn] >= ends[s]) {
        s++;
      }
      turns[turn] = s;
      ranks[turn] = taken[s]++;
    }
    turnsSeed = seed;
    turnsPass = pass;
  }

  @Override
  public void close() {
    sources.forEach(BatchSource::close);
  }
}
