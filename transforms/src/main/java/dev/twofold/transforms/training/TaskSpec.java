package dev.twofold.transforms.training;

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
 * @param labelMap class of this task → class of the auxiliary task, where covered
 */
public record TaskSpec(
    String name,
    List<String> datasets,
    List<String> classes,
    Split split,
    Augment augment,
    Map<String, String> labelMap) {

  public TaskSpec {
    datasets = List.copyOf(datasets);
    classes = List.copyOf(classes);
    labelMap = Map.copyOf(labelMap);
  }
}
