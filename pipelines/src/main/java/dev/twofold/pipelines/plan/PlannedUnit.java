package dev.twofold.pipelines.plan;

import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.UnitSpec;
import java.util.Map;

/**
 * Something to train.
 *
 * @param inputs the JSON whose hash is the key, for the manifest
 * @param work multiply-adds of the whole training, to start the longest first
 */
public record PlannedUnit(
    StageKey key, UnitSpec spec, Map<String, Object> inputs, Decision decision, double work) {

  /** The same where nothing needs it. */
  PlannedUnit unless(boolean needed) {
    return needed || decision.action() == Decision.Action.REUSE
        ? this
        : new PlannedUnit(key, spec, inputs, Decision.skip("its trials are evaluated"), work);
  }
}
