package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.Batch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchesAheadTest {
  private static final int STEPS = 4;

  /** Labels that say of which step a batch is. */
  private static List<Batch> of(int step) {
    return List.of(new Batch(new byte[] {1}, new int[] {step}));
  }

  private static int step(List<Batch> batches) {
    return batches.get(0).labels()[0];
  }

  @Test
  void everyStepHasItsOwnBatches() {
    try (BatchesAhead ahead = new BatchesAhead(BatchesAheadTest::of, STEPS)) {
      for (int step = 0; step < STEPS; step++) {
        assertThat(step(ahead.take(step))).isEqualTo(step);
      }
      assertThat(step(ahead.take(1))).as("of a step that was not expected").isEqualTo(1);
    }
  }

  @Test
  void thoseOfTheNextStepAreMadeBeforeTheyAreTaken() throws InterruptedException {
    CountDownLatch second = new CountDownLatch(2);
    try (BatchesAhead ahead =
        new BatchesAhead(
            step -> {
              second.countDown();
              return of(step);
            },
            STEPS)) {
      ahead.take(0);
      assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void noneIsMadeBehindTheLastStep() {
    Set<Integer> made = ConcurrentHashMap.newKeySet();
    try (BatchesAhead ahead =
        new BatchesAhead(
            step -> {
              made.add(step);
              return of(step);
            },
            STEPS)) {
      ahead.take(STEPS - 2);
      ahead.take(STEPS - 1);
      ahead.take(0); // behind whatever the last step would have had made
    }
    assertThat(made).contains(STEPS - 2, STEPS - 1, 0).doesNotContain(STEPS);
  }

  /** As the reading threw it: what a caller catches is what a source is documented to throw. */
  @Test
  void whatReadingThrowsIsThrown() {
    IllegalStateException unreadable = new IllegalStateException("unreadable");
    try (BatchesAhead ahead =
        new BatchesAhead(
            step -> {
              throw unreadable;
            },
            STEPS)) {
      assertThatThrownBy(() -> ahead.take(0)).isSameAs(unreadable);
    }
  }
}
