package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShadeTest {

  private static final Pattern STYLE =
      Pattern.compile("background:rgba\\((\\d+),(\\d+),(\\d+),(.+)\\);color:(.+)");

  /** WCAG 2 asks for a contrast of 4.5 to 1, which black or white has on every colour. */
  @ParameterizedTest
  @ValueSource(doubles = {0, .2, .4, .5, .55, .6, .61, .65, .7, .75, .8, .9, 1})
  void numbersCanBeReadOnEveryShade(double value) {
    for (List<Integer> rgb : List.of(List.of(35, 95, 150), List.of(192, 57, 43))) {
      Matcher style = STYLE.matcher(Shade.cell(value, rgb));
      assertThat(style.matches()).isTrue();
      double opacity = Double.parseDouble(style.group(4));
      double paper = 0;
      double[] weights = {.2126, .7152, .0722};
      for (int channel = 0; channel < 3; channel++) {
        double mixed = (255 - opacity * (255 - Integer.parseInt(style.group(channel + 1)))) / 255;
        paper += weights[channel] * Math.pow((mixed + .055) / 1.055, 2.4);
      }
      double ink = style.group(5).equals("#fff") ? 1 : 0;
      double contrast = (Math.max(paper, ink) + .05) / (Math.min(paper, ink) + .05);
      assertThat(contrast).as("%s at %s", rgb, value).isGreaterThan(4.5);
    }
  }
}
