package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.BandedLine.Place;
import dev.twofold.pipelines.report.Curves.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class BandedLineTest {
  private static final List<List<Point>> REPEATS =
      List.of(List.of(new Point(1, .4)), List.of(new Point(1, .6), new Point(2, .8)));

  /** .4 and .6 of two repeats; the second trains on, from .6 to .8: means .5 and .6. */
  @Test
  void whatEndedEarlierCountsOn() {
    BandedLine line = BandedLine.whole(REPEATS);

    assertThat(line.places()).extracting(Place::mean).containsExactly(.5, .6000000000000001);
    assertThat(line.places().get(1).deviation()).as("of .4 and .8").isGreaterThan(.28);
    assertThat(BandedLine.over(REPEATS).places())
        .as("of one that is cut off it does not")
        .extracting(Place::mean)
        .containsExactly(.5, .8);
  }

  @Test
  void epochsAreAsLongAsTheirSteps() {
    BandedLine line = BandedLine.over(List.of(List.of(new Point(1, .4), new Point(2, .6))));

    assertThat(line.end()).isEqualTo(2);
    assertThat(line.scaled(150).places()).extracting(Place::at).containsExactly(150., 300.);
  }
}
