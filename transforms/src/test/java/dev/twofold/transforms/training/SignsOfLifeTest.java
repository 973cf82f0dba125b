package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SignsOfLifeTest {
  private static final Duration LONG = Duration.ofSeconds(3);

  private Process process;

  private SignsOfLife of(String script) throws IOException {
    process = new ProcessBuilder("/bin/sh", "-c", script).start();
    return SignsOfLife.of(process);
  }

  @AfterEach
  void endTheProcess() {
    process.destroyForcibly();
  }

  /** In all it takes much longer than it may be silent. */
  @Test
  void aProcessThatSpeaksNowAndThenIsWaitedFor() throws Exception {
    assertThat(of("for i in 1 2 3 4 5 6 7; do echo; sleep 1; done; exit 3").awaitEnd(LONG))
        .isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
  }

  @Test
  void aProcessThatHasFallenSilentIsNot() throws Exception {
    assertThat(of("echo; exec sleep 600").awaitEnd(LONG)).isFalse();
    assertThat(process.isAlive()).as("it is left to the caller").isTrue();
  }

  @Test
  void aProcessThatPrintsMuchIsNotBlocked() throws Exception {
    assertThat(of("head -c 1000000 /dev/zero").awaitEnd(LONG)).isTrue();
  }
}
