package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SignedTest {

  @Test
  void negativeNumbersHaveAMinusAndZerosNoSign() {
    assertThat(Signed.text(.0126)).isEqualTo("+0.013");
    assertThat(Signed.text(-.0126)).isEqualTo("−0.013");
    assertThat(Signed.text(.0004)).isEqualTo("0.000");
    assertThat(Signed.plain(.0126)).isEqualTo("0.013");
    assertThat(Signed.plain(-.004, 2)).isEqualTo("0.00");
    assertThat(Spread.of(List.of(-.0002, -.0004)).text()).isEqualTo("0.000 ± 0.000");
    assertThat(Spread.of(List.of(-.748)).text()).isEqualTo("−0.748");
  }
}
