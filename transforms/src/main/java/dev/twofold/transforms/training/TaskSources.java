package dev.twofold.transforms.training;

import dev.twofold.models.BatchSource;
import dev.twofold.models.Task;
import dev.twofold.models.training.TaskData;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.DatasetSummary;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.parquet.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Opens the images that a task specification names. */
public final class TaskSources {
  private final ArtifactStore store;
  private final long inMemory;

  public TaskSources(ArtifactStore store, long inMemory) {
    this.store = store;
    this.inMemory = inMemory;
  }

  /** Both sides of a task. */
  TaskData open(TaskSpec spec) {
    return new TaskData(
        side(spec, Side.TRAIN), side(spec, Side.TEST), spec.augment(), spec.labelMap());
  }

  /** One side of a task; several datasets are read one after the other. */
  public BatchSource side(TaskSpec spec, Side side) {
    return side(spec, side, List.of());
  }

  /**
   * The test images that are in a task's scores.
   *
   * @param searched by task, splits whose test sides are left out
   */
  public BatchSource scored(TaskSpec spec, Map<String, List<Split>> searched) {
    return side(spec, Side.TEST, searched.getOrDefault(spec.name(), List.of()));
  }

  private BatchSource side(TaskSpec spec, Side side, List<Split> without) {
    List<BatchSource> sources = new ArrayList<>();
    for (int i = 0; i < spec.datasets().size(); i++) {
      Path dataset = store.directory(new StageKey("ingest", spec.datasets().get(i)));
      sources.add(source(dataset, spec, side, spec.splitOf(i), without));
    }
    Task task = new Task(spec.name(), sources.get(0).task().shape(), spec.classes());
    return sources.size() == 1
        ? sources.get(0)
        : new JoinedBatchSource(task, sources, spec.streamed() != null);
  }

  /** Bytes of pixels that both sides of a task hold at most. */
  long bytes(TaskSpec spec) {
    return spec.datasets().stream()
        .map(key -> DatasetSummary.read(store.directory(new StageKey("ingest", key))))
        .mapToLong(
            dataset -> {
              long all = dataset.images() * (long) dataset.shape().size();
              return limit(spec) >= all / 2 ? all : 2 * limit(spec);
            })
        .sum();
  }

  private long limit(TaskSpec spec) {
    return spec.streamed() == null ? inMemory : spec.streamed();
  }

  private BatchSource source(
      Path dataset, TaskSpec spec, Side side, Split split, List<Split> without) {
    DatasetSummary summary = DatasetSummary.read(dataset);
    List<String> classes = spec.classes();
    if (spec.datasets().size() > 1) {
      Set<String> here = new HashSet<>(summary.classes());
      classes = classes.stream().filter(here::contains).toList();
    }
    return ParquetBatchSource.open(
        dataset,
        new Task(spec.name(), summary.shape(), classes),
        side,
        split,
        without,
        limit(spec));
  }
}
