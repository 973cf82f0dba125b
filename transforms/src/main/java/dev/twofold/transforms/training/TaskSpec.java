package dev.twofold.transforms.training;

import dev.twofold.models.training.Augmentation;
import dev.twofold.transforms.parquet.Split;
import java.util.List;
import java.util.Map;

/**
 * A task as a unit reads it.
 *
 * @param name of the task, part of metric names
 * @param datasets keys of the ingested datasets that are read, joined by class name (several only
 *     for the auxiliary task)
 * @param classes in label order
 * @param split of all datasets, or of the first
 * @param labelMap class of this task → class of the auxiliary task, where covered
 * @param splits one a dataset, where they are not all split alike; null where they are
 * @param streamed bytes of pixels that are held of a task that has more: they shape the order of
 *     its images; null where all of them are held
 */
public record TaskSpec(
    String name,
    List<String> datasets,
    List<String> classes,
    Split split,
    Augmentation augment,
    Map<String, String> labelMap,
    List<Split> splits,
    Long streamed) {

  public TaskSpec {
    datasets = List.copyOf(datasets);
    classes = List.copyOf(classes);
    labelMap = Map.copyOf(labelMap);
    splits = splits == null ? null : List.copyOf(splits);
  }

  /** The split of a dataset, by its place among the datasets. */
  Split splitOf(int dataset) {
    return splits == null ? split : splits.get(dataset);
  }
}
