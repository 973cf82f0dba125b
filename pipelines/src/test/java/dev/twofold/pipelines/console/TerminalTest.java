package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void isAsWideAsTheEnvironmentSays() {
    assertThat(Terminal.columns(Map.of("COLUMNS", "57"))).isEqualTo(57);
  }

  /** What a terminal says here depends on who started the tests: at least it is a width. */
  @Test
  void noWidthIsMeasured() {
    assertThat(Terminal.columns(Map.of())).isBetween(20, 9999);
    assertThat(Terminal.columns(Map.of("COLUMNS", "wide"))).isBetween(20, 9999);
    assertThat(Terminal.columns(Map.of("COLUMNS", "0"))).isBetween(20, 9999);
  }

  @Test
  void aDumbOneHasNoEscapes() {
    assertThat(Terminal.hasEscapes(Map.of("TERM", "dumb"))).isFalse();
    assertThat(Terminal.hasEscapes(Map.of("TERM", "xterm"))).isTrue();
  }
}
