package dev.twofold.pipelines.plan;

import dev.twofold.models.ImageShape;
import dev.twofold.models.training.Augmentation;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.GroupSettings;
import dev.twofold.pipelines.configuration.GroupTask;
import dev.twofold.pipelines.configuration.SplitSettings;
import dev.twofold.pipelines.configuration.SweepPoint;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.training.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The auxiliary big task: datasets joined by class name, of which the training sides alone train.
 *
 * <p>A dataset that a task reads too is split as the task's in every repeat, so that no test image
 * of the task is in the auxiliary network's training; the others are split once.
 *
 * @param followed names of the datasets that tasks read too
 */
record AuxiliaryTask(
    Configuration configuration,
    List<String> classes,
    ImageShape shape,
    Augmentation augment,
    List<DatasetPlanner.Listed> datasets,
    Set<String> followed) {

  static final String NAME = "auxiliary";

  /**
   * Resolves the auxiliary task.
   *
   * @throws ConfigurationException when its datasets cannot be joined, or might train on what tests
   */
  static AuxiliaryTask resolve(SweepPoint point, DatasetPlanner planner) {
    Configuration configuration = point.configuration();
    List<DatasetPlanner.Listed> datasets = new ArrayList<>();
    TreeSet<String> classes = new TreeSet<>();
    for (String name : configuration.auxiliary().datasets()) {
      DatasetPlanner.Listed dataset = planner.list(point, name);
      datasets.add(dataset);
      classes.addAll(dataset.classes());
    }
    DatasetPlanner.refuseFewClasses(
        point, List.copyOf(classes), "the auxiliary task", "auxiliary", "datasets");
    return new AuxiliaryTask(
        configuration,
        List.copyOf(classes),
        agreed(point, "size and channels", datasets, dataset -> dataset.request().shape()),
        agreed(
            point,
            "augment",
            datasets,
            dataset -> configuration.datasets().get(dataset.name()).effectiveAugment()),
        datasets,
        followed(point, planner, datasets));
  }

  private static <T> T agreed(
      SweepPoint point,
      String what,
      List<DatasetPlanner.Listed> datasets,
      Function<DatasetPlanner.Listed, T> of) {
    List<T> values = datasets.stream().map(of).distinct().toList();
    if (values.size() != 1) {
      String names =
          datasets.stream().map(DatasetPlanner.Listed::name).collect(Collectors.joining(", "));
      throw refused(
          point,
          "Cannot join datasets %s: they differ in %s".formatted(names, what),
          "give all of them the same");
    }
    return values.get(0);
  }

  private static ConfigurationException refused(SweepPoint point, String what, String remedy) {
    return point.refusal(what, remedy, "auxiliary", "datasets");
  }

  private static Set<String> followed(
      SweepPoint point, DatasetPlanner planner, List<DatasetPlanner.Listed> datasets) {
    List<DatasetPlanner.Listed> ofTasks =
        point.configuration().groups().values().stream()
            .map(GroupSettings::tasks)
            .flatMap(List::stream)
            .map(GroupTask::dataset)
            .distinct()
            .map(name -> planner.list(point, name))
            .toList();
    Set<String> followed = new TreeSet<>();
    for (DatasetPlanner.Listed own : datasets) {
      for (DatasetPlanner.Listed task : ofTasks) {
        if (follows(point, own, task)) {
          followed.add(own.name());
        }
      }
    }
    return followed;
  }

  /** Whether training images of the one would test the other, were they not split alike. */
  private static boolean follows(
      SweepPoint point, DatasetPlanner.Listed own, DatasetPlanner.Listed task) {
    SplitSettings ownSplit = point.configuration().splitOf(own.name());
    SplitSettings taskSplit = point.configuration().splitOf(task.name());
    if (!own.source().equals(task.source()) || ownSplit.trainsApartFromTestsOf(taskSplit)) {
      return false;
    }
    if (own.request().key().equals(task.request().key()) && ownSplit.splitsAs(taskSplit)) {
      return true;
    }
    throw refused(
        point,
        "Cannot pre-train on dataset %s: images of it may test the tasks of dataset %s, which reads"
                .formatted(own.name(), task.name())
            + " the same source in another way",
        "name dataset %s here, or keep the two apart by split.only".formatted(task.name()));
  }

  /** The task as the pre-training for this repeat reads it; often the same for all repeats. */
  TaskSpec spec(int repeat) {
    List<Split> splits = datasets.stream().map(dataset -> split(dataset, repeat)).toList();
    boolean alike = splits.stream().distinct().count() == 1;
    return new TaskSpec(
        NAME,
        datasets.stream().map(dataset -> dataset.request().key()).toList(),
        classes,
        splits.get(0),
        augment,
        Map.of(),
        alike ? null : splits,
        DatasetPlanner.streamed(configuration, shape, images()));
  }

  /** Whether every repeat has an auxiliary network of its own. */
  boolean isPerRepeat() {
    return followed.stream()
        .anyMatch(name -> configuration.splitOf(name).over() == SplitSettings.Over.PER_REPEAT);
  }

  private Split split(DatasetPlanner.Listed dataset, int repeat) {
    SplitSettings split = configuration.splitOf(dataset.name());
    return followed.contains(dataset.name()) ? split.of(repeat) : split.fixed();
  }

  private long images() {
    return datasets.stream().mapToLong(DatasetPlanner.Listed::images).sum();
  }

  /** Images that train, nearly: a source's splits are known for all of its classes together. */
  int trainImages() {
    return Math.max(1, (int) Math.round(datasets.stream().mapToDouble(this::trainImages).sum()));
  }

  private double trainImages(DatasetPlanner.Listed dataset) {
    double images = dataset.images();
    Split split = split(dataset, 1);
    if (split.mode() != Split.Mode.SOURCE) {
      return images * (1 - split.test());
    }
    double all = dataset.splits().values().stream().mapToInt(Integer::intValue).sum();
    return images * dataset.splits().getOrDefault("train", 0) / all;
  }
}
