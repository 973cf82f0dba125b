package dev.twofold.transforms.training;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import dev.twofold.transforms.artifacts.StageKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What trains together, and all that shapes its outcome: the canonical JSON of this record, without
 * {@code threads} and with the digest of a start file in place of its path, is hashed into the
 * unit's key.
 *
 * @param stage {@code pretrain} for the auxiliary network, {@code train} for the rest
 * @param method registered name
 * @param settings the method's effective settings, defaults filled in
 * @param auxiliary key of the pre-training that the columns start from; null when the start needs
 *     none
 * @param start of the columns; null of a closed form
 * @param tasks in the order of the group
 * @param training null of a closed form
 * @param threads of TensorFlow: fixed when the run is planned, since it shapes the last bits; in
 *     the manifest, not in the key
 */
public record UnitSpec(
    String stage,
    String method,
    Map<String, Object> settings,
    BackboneSettings backbone,
    Start start,
    String auxiliary,
    List<TaskSpec> tasks,
    TrainingSettings training,
    long seed,
    int threads) {

  public UnitSpec {
    tasks = List.copyOf(tasks);
  }

  UnitSpec withStart(Start newStart) {
    return new UnitSpec(
        stage, method, settings, backbone, newStart, auxiliary, tasks, training, seed, threads);
  }

  /** The pre-training that the columns start from. */
  Optional<StageKey> pretraining() {
    return Optional.ofNullable(auxiliary).map(key -> new StageKey("pretrain", key));
  }
}
