package dev.twofold.pipelines.plan;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.DatasetSettings;
import dev.twofold.pipelines.configuration.Draw;
import dev.twofold.pipelines.configuration.GroupSettings;
import dev.twofold.pipelines.configuration.GroupTask;
import dev.twofold.pipelines.configuration.LabelMap;
import dev.twofold.pipelines.configuration.Place;
import dev.twofold.pipelines.configuration.Problem;
import dev.twofold.pipelines.configuration.SplitSettings;
import dev.twofold.pipelines.configuration.SweepPoint;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.training.TaskSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A group's tasks with their classes and label maps; the split alone depends on the repeat. */
final class GroupTasks {
  private final String group;
  private final List<ResolvedTask> tasks;

  private GroupTasks(String group, List<ResolvedTask> tasks) {
    this.group = group;
    this.tasks = tasks;
  }

  /**
   * A task before it is split.
   *
   * @param labelMap class to class of the auxiliary task, where covered
   */
  record ResolvedTask(
      String name,
      DatasetPlanner.Listed dataset,
      List<String> classes,
      Map<String, String> labelMap) {

    ImageShape shape() {
      return dataset.request().shape();
    }

    /**
     * Whether an image may be on the test side of the one and on the training side of the other.
     */
    boolean mayTestAndTrain(ResolvedTask other, Configuration configuration) {
      SplitSettings own = configuration.splitOf(dataset.name());
      SplitSettings others = configuration.splitOf(other.dataset.name());
      boolean splitAlike =
          dataset.request().key().equals(other.dataset.request().key()) && own.splitsAs(others);
      boolean apart = own.trainsApartFromTestsOf(others) && others.trainsApartFromTestsOf(own);
      return dataset.source().equals(other.dataset.source())
          && !splitAlike
          && !apart
          && !Collections.disjoint(classes, other.classes);
    }

    int images() {
      Map<String, Integer> counts = dataset.counts();
      return classes.stream().mapToInt(counts::get).sum();
    }
  }

  /**
   * Resolves a group's tasks.
   *
   * @param auxiliaryClasses empty without an auxiliary task
   * @throws ConfigurationException naming classes that do not exist, or a task with fewer than two
   */
  static GroupTasks resolve(
      SweepPoint point, String group, DatasetPlanner datasets, List<String> auxiliaryClasses) {
    GroupSettings settings = point.configuration().groups().get(group);
    List<DatasetPlanner.Listed> listed = new ArrayList<>();
    List<List<String>> classes = new ArrayList<>();
    for (GroupTask task : settings.tasks()) {
      DatasetPlanner.Listed dataset = datasets.list(point, task.dataset());
      listed.add(dataset);
      classes.add(chosen(point, group, task, dataset));
    }
    List<List<String>> drawn = draw(point, group, settings.draw(), classes);
    List<ResolvedTask> tasks = new ArrayList<>();
    for (int i = 0; i < listed.size(); i++) {
      GroupTask task = settings.tasks().get(i);
      DatasetPlanner.refuseFewClasses(
          point,
          drawn.get(i),
          "task %s in group %s".formatted(task.name(), group),
          "groups",
          group,
          "tasks");
      Map<String, String> map =
          labelMap(point, task, listed.get(i), drawn.get(i), auxiliaryClasses);
      tasks.add(new ResolvedTask(task.name(), listed.get(i), drawn.get(i), map));
    }
    return new GroupTasks(group, tasks);
  }

  private static List<String> chosen(
      SweepPoint point, String group, GroupTask task, DatasetPlanner.Listed dataset) {
    if (task.classes() == null) {
      return dataset.classes();
    }
    String[] keys = {"groups", group, "tasks"};
    DatasetPlanner.refuseUnknownClasses(
        point,
        task.classes().names(),
        dataset.classes(),
        "task %s in group %s".formatted(task.name(), group),
        keys);
    return DatasetPlanner.choose(
        task.classes(), dataset.classes(), seed(point.configuration(), task), task.name());
  }

  private static long seed(Configuration configuration, GroupTask task) {
    Long own = configuration.datasets().get(task.dataset()).seed();
    return own == null ? configuration.seed() : own;
  }

  private static List<List<String>> draw(
      SweepPoint point, String group, Draw draw, List<List<String>> classes) {
    if (draw == null) {
      return classes;
    }
    long seed = draw.seed() == null ? point.configuration().seed() : draw.seed();
    return new ClassDraw(classes, draw.perTask(), draw.shared(), seed)
        .draw()
        .orElseThrow(
            () ->
                point.refusal(
                    "Cannot draw %d classes a task with %d in common for group %s"
                        .formatted(draw.perTask(), draw.shared(), group),
                    "its tasks have %d classes in all, %s"
                        .formatted(
                            classes.stream().flatMap(List::stream).distinct().count(),
                            classes.stream().map(List::size).toList()),
                    "groups",
                    group,
                    "draw"));
  }

  private static Map<String, String> labelMap(
      SweepPoint point,
      GroupTask task,
      DatasetPlanner.Listed dataset,
      List<String> classes,
      List<String> auxiliaryClasses) {
    if (auxiliaryClasses.isEmpty()) {
      return Map.of();
    }
    DatasetSettings settings = point.configuration().datasets().get(task.dataset());
    LabelMap given = settings.labelMap().with(task.labelMap());
    refuseUnknownClasses(given, dataset, auxiliaryClasses);
    Map<String, String> map = new TreeMap<>();
    for (String name : classes) {
      if (given.classes().containsKey(name) || auxiliaryClasses.contains(name)) {
        map.put(name, given.classes().getOrDefault(name, name));
      }
    }
    return map;
  }

  private static void refuseUnknownClasses(
      LabelMap map, DatasetPlanner.Listed dataset, List<String> auxiliaryClasses) {
    List<Problem> problems = new ArrayList<>();
    map.classes()
        .forEach(
            (own, auxiliary) -> {
              Place place = map.places().get(own);
              DatasetPlanner.unknownClass(
                      own, dataset.all().keySet(), "dataset " + dataset.name(), place)
                  .ifPresent(problems::add);
              DatasetPlanner.unknownClass(auxiliary, auxiliaryClasses, "the auxiliary task", place)
                  .ifPresent(problems::add);
            });
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  List<ResolvedTask> tasks() {
    return tasks;
  }

  /**
   * The tasks as a unit reads them in one repeat.
   *
   * @param labels whether the label map shapes what is trained
   */
  TaskSpec spec(ResolvedTask task, Configuration configuration, int repeat, Labels labels) {
    String dataset = task.dataset().name();
    return new TaskSpec(
        task.name(),
        List.of(task.dataset().request().key()),
        task.classes(),
        configuration.splitOf(dataset).of(repeat),
        configuration.datasets().get(dataset).effectiveAugment(),
        labels == Labels.USED ? task.labelMap() : Map.of(),
        null,
        DatasetPlanner.streamed(configuration, task.shape(), task.images()));
  }

  /** By task, the splits whose test sides a search has looked at; without tasks that have none. */
  Map<String, List<Split>> searched(Configuration configuration) {
    Map<String, List<Split>> searched = new TreeMap<>();
    for (ResolvedTask task : tasks) {
      List<Split> splits = configuration.splitOf(task.dataset().name()).searchedSplits();
      if (!splits.isEmpty()) {
        searched.put(task.name(), splits);
      }
    }
    return searched;
  }

  /** Whether a method reads the label map: where it does not, the map must not change a key. */
  enum Labels {
    USED,
    UNUSED
  }

  List<Coverage> coverage() {
    return tasks.stream()
        .map(
            task -> new Coverage(group, task.name(), task.labelMap().size(), task.classes().size()))
        .toList();
  }
}
