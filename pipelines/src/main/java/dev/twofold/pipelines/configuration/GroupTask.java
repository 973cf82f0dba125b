package dev.twofold.pipelines.configuration;

/**
 * A task of a group; a dataset's name alone stands for {dataset: name}.
 *
 * @param dataset its name in the configuration
 * @param name of the task, part of metric names; the dataset's when left out
 * @param classes names of classes, or how many to draw; all of the dataset's when left out
 * @param labelMap added to the dataset's
 */
public record GroupTask(
    @Required String dataset, String name, ClassChoice classes, LabelMap labelMap) {

  public GroupTask {
    name = name == null ? dataset : name;
    labelMap = labelMap == null ? LabelMap.NONE : labelMap;
  }

  static GroupTask read(Tree tree, String path, Binder binder) {
    return tree instanceof Tree.Scalar scalar && !Tree.isNothing(tree)
        ? new GroupTask(scalar.text(), null, null, null)
        : binder.record(tree, GroupTask.class, path);
  }
}
