package dev.twofold.models.training;

import dev.twofold.models.Task;
import dev.twofold.models.layers.Weights;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pre-trained network of the big task.
 *
 * @param task the auxiliary task
 * @param weights by the backbone's names
 */
public record Auxiliary(Task task, Weights weights) {

  /**
   * Label of the auxiliary class for each label of {@code task} that the label map, or an equal
   * name, covers.
   *
   * @throws IllegalArgumentException when the map names a class that the auxiliary task lacks
   */
  public Map<Integer, Integer> labels(Task task, Map<String, String> labelMap) {
    Map<Integer, Integer> labels = new LinkedHashMap<>();
    for (int label = 0; label < task.classes().size(); label++) {
      String name = task.classes().get(label);
      String mapped = labelMap.getOrDefault(name, name);
      int auxiliaryLabel = this.task.classes().indexOf(mapped);
      if (auxiliaryLabel >= 0) {
        labels.put(label, auxiliaryLabel);
      } else if (labelMap.containsKey(name)) {
        throw new IllegalArgumentException(
            "Invalid label map of task %s: %s -> %s (must be a class of the auxiliary task)"
                .formatted(task.name(), name, mapped));
      }
    }
    return labels;
  }
}
