package dev.twofold.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.methods.Preset;
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

    assertThat(WorkEstimate.of(training, BACKBONE, List.of(SHAPE, SHAPE), List.of(10, 10), 1))
        .isEqualTo(3 * 2 * FORWARD * 32 * 200);
  }

  /** Where columns exchange features, every column runs every task's images. */
  @Test
  void countsEveryColumnThatImagesRunThrough() {
    GraphMethod crossStitch =
        (GraphMethod) Methods.named("cross-stitch").method(settings("cross-stitch"));

    assertThat(crossStitch.relativeWork(3)).isEqualTo(3);
    assertThat(
            WorkEstimate.of(
                TrainingSettings.tuned(), BACKBONE, List.of(SHAPE, SHAPE), List.of(10, 10), 2))
        .isEqualTo(2 * 3 * 2 * FORWARD * 32 * 200);
  }

  private static Record settings(String method) {
    return Methods.named(method).settings().apply(Preset.TUNED);
  }

  @Test
  void anEpochIsAPassOverTheLargestTask() {
    TrainingSettings training = TrainingSettings.pretraining();

    // 14 epochs of ceil(100 / 64) = 2 steps
    assertThat(WorkEstimate.of(training, BACKBONE, List.of(SHAPE, SHAPE), List.of(10, 100), 1))
        .isEqualTo(3 * 2 * FORWARD * 64 * 28);
  }

  /** So that a plan of them is printed, though no training could count its steps. */
  @Test
  void hasAnEstimateOfMoreStepsThanAnIntHolds() {
    TrainingSettings training = pretraining(Integer.MAX_VALUE);

    assertThat(WorkEstimate.of(training, BACKBONE, List.of(SHAPE), List.of(100), 1))
        .isEqualTo(3 * FORWARD * 64 * 2.0 * Integer.MAX_VALUE);
  }

  private static TrainingSettings pretraining(int epochs) {
    TrainingSettings usual = TrainingSettings.pretraining();
    return new TrainingSettings(
        usual.optimizer(),
        usual.learningRate(),
        usual.momentum(),
        usual.schedule(),
        usual.weightDecay(),
        usual.normRegulariser(),
        usual.reduction(),
        usual.clipNorm(),
        usual.dropout(),
        usual.batch(),
        epochs,
        null,
        usual.epochLength(),
        usual.precision());
  }
}
