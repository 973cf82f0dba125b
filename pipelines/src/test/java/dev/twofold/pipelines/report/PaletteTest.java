package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Ink.Pattern;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaletteTest {

  @Test
  void whatStartsFromScratchHasTheOthersColourDashed() {
    Palette palette =
        new Palette(
            List.of(
                "mtal-scratch",
                "mtal",
                "nddr-cnn-scratch, with batch norm",
                "nddr-cnn, with batch norm"));

    assertThat(palette.of("mtal").pattern()).isEqualTo(Pattern.SOLID);
    assertThat(palette.of("mtal-scratch"))
        .isEqualTo(new Ink(palette.of("mtal").colour(), Pattern.DASHED));
    assertThat(palette.of("nddr-cnn-scratch, with batch norm"))
        .isEqualTo(new Ink(palette.of("nddr-cnn, with batch norm").colour(), Pattern.DASHED));
    assertThat(palette.of("mtal").colour())
        .isNotEqualTo(palette.of("nddr-cnn, with batch norm").colour());
  }

  @Test
  void scratchAloneIsSolid() {
    assertThat(new Palette(List.of("mtal-scratch")).of("mtal-scratch").pattern())
        .isEqualTo(Pattern.SOLID);
  }

  /** As many lines as a sweep of nine thresholds, two picks and two starts has. */
  @Test
  void noTwoOfThirtySixAreDrawnAlike() {
    List<String> names =
        IntStream.range(0, 36)
            .mapToObj(i -> (i % 2 == 0 ? "mtal" : "mtal-scratch") + " (threshold = ." + i / 2 + ")")
            .toList();
    Palette palette = new Palette(names);

    assertThat(names.stream().map(palette::of)).doesNotHaveDuplicates();
    assertThat(names.stream().map(name -> palette.of(name).background())).doesNotHaveDuplicates();
  }
}
