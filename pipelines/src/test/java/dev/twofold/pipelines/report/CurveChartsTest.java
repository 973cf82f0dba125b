package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.CurveCharts.Drawn;
import dev.twofold.pipelines.report.CurveCharts.Kind;
import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurveChartsTest {
  private static final String METRIC = "accuracy/amazon";

  /** 200 steps are 25 epochs of one task, and 10 of the larger one that two train by. */
  @Test
  void trainingsOfAsManyStepsEndAtOnePlace() {
    CurveCharts charts =
        charts(
            with(Reports.finished("single-task", 1, .5, .5), 25),
            with(Reports.finished("mtal", 1, .5, .5), 10),
            with(
                Reports.started("mtda", new Conditions("none", "", "", "", Map.of(), ""), 1, .5),
                40),
            with(Reports.unfinished("damtl", 1, Status.FAILED, "diverged"), 3));

    Drawn trained = charts.drawn(METRIC, Kind.TRAINED);
    assertThat(trained.unit()).isEqualTo("step");
    assertThat(trained.lines()).containsOnlyKeys("single-task", "mtal");
    assertThat(trained.lines().values()).extracting(BandedLine::end).containsOnly(200.);
    assertThat(trained.lines().get("mtal").places().get(0).at()).isEqualTo(20);

    Drawn closed = charts.drawn(METRIC, Kind.CLOSED_FORM);
    assertThat(closed.unit()).isEqualTo("pass");
    assertThat(closed.lines().values()).extracting(BandedLine::end).containsExactly(40.);
    Drawn unfinished = charts.drawn(METRIC, Kind.UNFINISHED);
    assertThat(unfinished.unit()).isEqualTo("epoch");
    assertThat(unfinished.lines()).containsOnlyKeys("damtl");
  }

  /** Ten epochs each, as in a sweep of thresholds. */
  @Test
  void whatIsCountedInEpochsStaysSo() {
    Conditions epochs = new Conditions("auxiliary", "", "random", "10 epochs", Map.of(), "");
    Drawn trained =
        charts(
                with(Reports.started("mtal", epochs, 1, .5), 10),
                with(Reports.finished("single-task", 1, .5, .5), 25))
            .drawn(METRIC, Kind.TRAINED);

    assertThat(trained.unit()).isEqualTo("epoch");
    assertThat(trained.lines().values()).extracting(BandedLine::end).containsOnly(10., 25.);
  }

  private static CurveCharts charts(Trial... trials) {
    ReportData data = Reports.of(List.of(trials));
    Palette palette =
        new Palette(data.trials().stream().map(t -> Variant.of(t.spec()).name()).toList());
    return new CurveCharts(data, data.groups().get(0), palette);
  }

  private static Trial with(Trial trial, int epochs) {
    List<Point> points =
        LongStream.rangeClosed(1, epochs).mapToObj(epoch -> new Point(epoch, .5)).toList();
    return Reports.with(trial, new Curves(Map.of(METRIC, points)));
  }
}
