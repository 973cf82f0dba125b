package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Task;
import dev.twofold.models.training.Units;
import org.junit.jupiter.api.Test;

class FeatureGraphTest {

  /** 3 million images of 16 × 16 pixels in colour: all of them must fit in one matrix. */
  @Test
  void refusesMoreNumbersThanAMatrixHolds() {
    BatchSource blobs = Units.blobs("many", Units.COLOUR, 4).training();
    BatchSource many =
        new BatchSource() {
          @Override
          public Task task() {
            return blobs.task();
          }

          @Override
          public int size() {
            return 3_000_000;
          }

          @Override
          public Batch images(int... positions) {
            throw new AssertionError("none is read");
          }

          @Override
          public int[] order(long seed, long pass) {
            throw new AssertionError("none is read");
          }

          @Override
          public void close() {}
        };

    assertThatIllegalArgumentException()
        .isThrownBy(() -> FeatureGraph.pixels(blobs).read(many, 1))
        .withMessage(
            "Too much data of task many for a closed form: 3000000 images of 768 features (must be"
                + " at most 2147483647 numbers: lower size or limit of its dataset, or read"
                + " features: auxiliary)");
  }
}
