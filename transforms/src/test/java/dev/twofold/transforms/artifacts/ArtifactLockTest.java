package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactLockTest {
  private static final StageKey UNIT = new StageKey("train", "0123456789abcdef0123456789abcdef");
  private static final StageKey OTHER = new StageKey("train", "fedcba9876543210fedcba9876543210");

  @TempDir private Path workdir;

  @Test
  void nobodyElseWorksUnderALockThatIsHeld() throws IOException {
    assertThat(tries(UNIT)).isTrue();
    boolean inBetween = ArtifactLock.holding(workdir, UNIT, () -> tries(UNIT));
    assertThat(inBetween).isFalse();
    boolean atAnother = ArtifactLock.holding(workdir, UNIT, () -> tries(OTHER));
    assertThat(atAnother).isTrue();
    assertThat(tries(UNIT)).isTrue();
  }

  private boolean tries(StageKey key) throws IOException {
    return ArtifactLock.tryHolding(workdir, key, () -> "worked").isPresent();
  }
}
