package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.Failures.Failure;
import dev.twofold.transforms.training.ModelProcesses.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailuresTest {
  private static final StageKey UNIT = new StageKey("train", "0123456789abcdef0123456789abcdef");

  @TempDir private Path workdir;

  private Failures of(String start) {
    return new Failures(
        new WorkPlan(
            start,
            workdir.toString(),
            "",
            1,
            DeviceChoice.CPU,
            3600,
            List.of(),
            List.of(),
            List.of()));
  }

  /** What failed before is tried again when a run goes on. */
  @Test
  void anotherStartHasNotFailedYetButKnowsWhy() throws IOException {
    of("first").add(UNIT, new Ending(1, "no space left"));
    assertThat(of("first").has(UNIT)).isTrue();
    assertThat(of("second").has(UNIT)).isFalse();
    assertThat(of("second").find(UNIT)).contains(new Failure(1, "no space left"));
  }

  @Test
  void twoStartsKeepWhatEachHasSettled() throws IOException {
    of("first").add(UNIT, new Ending(1, "diverged"));
    of("second").add(UNIT, new Ending(1, "diverged too"));
    assertThat(of("first").find(UNIT)).contains(new Failure(1, "diverged"));
    assertThat(of("second").find(UNIT)).contains(new Failure(1, "diverged too"));
    of("second").forget(UNIT);
    assertThat(of("first").has(UNIT)).isFalse();
    assertThat(of("first").find(UNIT)).isEmpty();
  }
}
