package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LineChartTest {
  /** The picture's texts are outlines: how wide they are shows in what they leave. */
  private static final Pattern PLOT = Pattern.compile("<clipPath.*?<rect [^>]*width=\"([0-9.]+)\"");

  @Test
  void labelsHaveSixDigitsAtMost() {
    assertThat(LineChart.label(-1 / 30.0)).isEqualTo("-0.0333333");
    assertThat(LineChart.label(.1 + .2)).isEqualTo("0.3");
    assertThat(LineChart.label(0)).isEqualTo("0");
    assertThat(LineChart.label(200_000)).isEqualTo("200000");
    assertThat(LineChart.label(1e-5)).isEqualTo("0.00001");
  }

  @Test
  void aConstantLeavesRoomForItsLine() {
    LineChart chart = new LineChart();
    chart.add(
        new BandedLine(
            List.of(new BandedLine.Place(1, -1 / 30.0, 0), new BandedLine.Place(2, -1 / 30.0, 0))),
        Ink.solid("#123456"));

    Matcher plot = PLOT.matcher(chart.svg("constant"));
    assertThat(plot.find()).isTrue();
    assertThat(Double.parseDouble(plot.group(1))).as("what labels leave of 460").isGreaterThan(350);
  }
}
