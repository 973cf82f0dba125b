package dev.twofold.pipelines.plan;

import dev.twofold.pipelines.configuration.AuxiliarySettings;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.MethodSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which keys of a point may shape a trial, by where they stand. Points of several values tell by
 * their keys as well; a list of one value has no second point to be compared with.
 */
final class SweptKeys {
  private final Configuration configuration;
  private final String group;
  private final MethodSettings method;

  SweptKeys(Configuration configuration, String group, MethodSettings method) {
    this.configuration = configuration;
    this.group = group;
    this.method = method;
  }

  /** The values of the point whose keys concern the method in the group. */
  Map<String, Object> of(Map<String, Object> point) {
    Map<String, Object> concerned = new LinkedHashMap<>(point);
    concerned.keySet().removeIf(key -> !concerns(List.of(key.split("\\."))));
    return concerned;
  }

  private boolean concerns(List<String> key) {
    String name = key.size() > 1 ? key.get(1) : null;
    return switch (key.get(0)) {
      case "methods" -> name == null || name.equals(method.label());
      case "groups" -> name == null || (name.equals(group) && concernsMethodOf(key));
      case "datasets" -> name == null || concernsDataset(name);
      case "training" -> method.training() != null;
      case "auxiliary" -> readsAuxiliary();
      default -> true;
    };
  }

  private boolean concernsMethodOf(List<String> key) {
    return key.size() < 4 || !key.get(2).equals("methods") || key.get(3).equals(method.label());
  }

  /** The largest images of all datasets decide how a ResNet begins. */
  private boolean concernsDataset(String name) {
    AuxiliarySettings auxiliary = configuration.auxiliary();
    return method.backbone().residual()
        || configuration.groups().get(group).tasks().stream()
            .anyMatch(task -> task.dataset().equals(name))
        || (readsAuxiliary() && auxiliary != null && auxiliary.datasets().contains(name));
  }

  private boolean readsAuxiliary() {
    return method.needsAuxiliary() || method.usesLabelMap();
  }
}
