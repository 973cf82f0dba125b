package dev.twofold.pipelines.plan;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.pipelines.configuration.MethodSettings;
import dev.twofold.pipelines.configuration.SplitSettings;
import dev.twofold.transforms.training.TrialSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every effective setting of a run by dotted key, as MLflow shows parameters. */
final class Parameters {

  private Parameters() {}

  static Map<String, String> of(
      TrialSpec trial,
      MethodSettings method,
      Configuration configuration,
      GroupTasks tasks,
      List<PlannedUnit> units) {
    Map<String, Object> settings = new LinkedHashMap<>(EffectiveConfiguration.method(method));
    settings.put("label", trial.label());
    settings.put("group", trial.group());
    settings.put("repeat", trial.repeat());
    settings.put("seed", configuration.seed());
    settings.put("unitSeed", units.get(0).spec().seed());
    settings.put("threads", units.get(0).spec().threads());
    Map<String, Object> byTask = new LinkedHashMap<>();
    for (PlannedUnit unit : units) {
      unit.spec()
          .tasks()
          .forEach(task -> byTask.put(task.name(), EffectiveConfiguration.plain(task)));
    }
    for (GroupTasks.ResolvedTask task : tasks.tasks()) {
      byTask.computeIfPresent(task.name(), (name, spec) -> described(spec, task, configuration));
    }
    if (configuration.auxiliary() != null) {
      settings.put("coverage", coverage(tasks));
    }
    settings.put("tasks", byTask);
    return leaves(settings);
  }

  static Map<String, String> of(PlannedUnit pretraining) {
    Map<String, Object> settings = new LinkedHashMap<>(pretraining.inputs());
    settings.remove("format");
    settings.remove("stage");
    settings.put("threads", pretraining.spec().threads());
    return leaves(settings);
  }

  /** Without what has no value, such as an empty list. */
  private static Map<String, String> leaves(Map<String, Object> settings) {
    Map<String, String> leaves = Leaves.of(settings);
    leaves.values().removeIf(String::isEmpty);
    return leaves;
  }

  private static Map<String, Object> coverage(GroupTasks tasks) {
    Map<String, Object> coverage = new LinkedHashMap<>();
    tasks.coverage().forEach(task -> coverage.put(task.task(), task.toString()));
    return coverage;
  }

  private static Map<String, Object> described(
      Object spec, GroupTasks.ResolvedTask task, Configuration configuration) {
    Map<String, Object> described = new LinkedHashMap<>();
    ((Map<?, ?>) spec).forEach((key, value) -> described.put(key.toString(), value));
    String dataset = task.dataset().name();
    described.put("dataset", dataset);
    SplitSettings split = configuration.splitOf(dataset);
    if (!split.searchedSplits().isEmpty()) {
      described.put("searched", EffectiveConfiguration.plain(split.searched()));
    }
    described.put("size", List.of(task.shape().height(), task.shape().width()));
    described.put("channels", task.shape().channels());
    described.put("fit", task.dataset().request().fit());
    described.put("limit", task.dataset().request().limit());
    described.put("labelMap", task.labelMap());
    return described;
  }
}
