package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunTest {

  @Test
  void trialsAreCounted() {
    assertThat(Run.counted(1, 0)).isEqualTo("1 trial: 0 reused, 1 to run.");
    assertThat(Run.counted(8, 6)).isEqualTo("8 trials: 6 reused, 2 to run.");
  }
}
