package dev.twofold.models.training;

import dev.twofold.models.BatchSource;
import java.util.Map;

/**
 * A task's images.
 *
 * @param training what it learns from
 * @param test what it is measured on; selects nothing
 * @param labelMap class → class of the auxiliary task, where given
 */
public record TaskData(
    BatchSource training,
    BatchSource test,
    Augmentation augmentation,
    Map<String, String> labelMap) {

  public String name() {
    return training.task().name();
  }
}
