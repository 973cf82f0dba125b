package dev.twofold.models;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.TaskData;
import java.util.List;
import java.util.Optional;

/**
 * What a closed form is computed from.
 *
 * @param data of each task, in the order of the group
 * @param auxiliary present where the method's settings need the auxiliary network
 * @param backbone of the auxiliary network
 * @param threads of TensorFlow
 */
public record Fitting(
    List<TaskData> data, Optional<Auxiliary> auxiliary, BackboneSettings backbone, int threads) {

  public Fitting {
    data = List.copyOf(data);
  }
}
