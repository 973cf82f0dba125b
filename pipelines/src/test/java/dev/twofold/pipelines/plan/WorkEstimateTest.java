package dev.twofold.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.TrainingSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkEstimateTest {

  private static final BackboneSettings BACKBONE =
      new BackboneSettings(null, List.of("2", "M", "4"), List.of(), false);
  private static final ImageShape SHAPE = new ImageShape(8, 8, 3);

  // 8·8·9·3·2 = 3456 in the first convolution, 4·4·9·2·4 = 1152 in the second.
  private static final double FORWARD = 3456 + 1152;

  @Test
  void countsForwardAndBackwardPassesOfEveryTask() {
    TrainingSettings training = TrainingSettings.tuned();

    assertThat(WorkEstimate.of(training, BACKBONE, List.of(SHAPE, SHAPE), List.of(10, 10)))
        .isEqualTo(3 * 2 * FORWARD * 32 * 200);
  }

  @Test
  void anEpochIsAPassOverTheLargestTask() {
    TrainingSettings training = TrainingSettings.pretraining();

    // 14 epochs of ceil(100 / 64) = 2 steps
    assertThat(WorkEstimate.of(training, BACKBONE, List.of(SHAPE, SHAPE), List.of(10, 100)))
        .isEqualTo(3 * 2 * FORWARD * 64 * 28);
  }
}
