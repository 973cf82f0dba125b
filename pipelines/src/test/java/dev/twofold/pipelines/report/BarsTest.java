package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BarsTest {

  /** .05 ± .10 reaches from 0 to .15, three times as far as its bar. */
  @Test
  void aWhiskerEndsAtZeroAndOneDeviationAboveTheMean() {
    Bars bars = new Bars(new Palette(List.of("mtal")), 1);
    assertThat(bars.bar("mtal", new Spread(2, .05, .1), "").whisker())
        .isEqualTo("left:0.0%;width:300.0%");
  }
}
