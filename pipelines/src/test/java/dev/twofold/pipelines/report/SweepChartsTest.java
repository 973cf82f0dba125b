package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SweepChartsTest {

  private static final String THRESHOLD = "methods.mtal.threshold";

  @Test
  void drawsTheMeanOfTasksOverTheSweptValue() {
    // At .5 the repeats' means of tasks are (.6 + .8)/2 = .7 and (.7 + .9)/2 = .8: .75, and their
    // deviation is .1 / sqrt(2) = .0707.
    List<SweepCharts.Sweep> sweeps =
        SweepCharts.of(
            Reports.of(
                List.of(
                    Reports.finished("single-task", 1, .9, .9),
                    swept(1, .5, .6, .8),
                    swept(2, .5, .7, .9),
                    swept(1, .1, .5, .5))));

    assertThat(sweeps).hasSize(1);
    assertThat(sweeps.get(0).key()).isEqualTo("threshold");
    assertThat(sweeps.get(0).lines()).containsOnlyKeys("office · mtal");
    List<BandedLine.Place> places = sweeps.get(0).lines().get("office · mtal").places();
    assertThat(places).extracting(BandedLine.Place::at).containsExactly(.1, .5);
    assertThat(places)
        .extracting(place -> "%.3f ± %.4f".formatted(place.mean(), place.deviation()))
        .containsExactly("0.500 ± 0.0000", "0.750 ± 0.0707");
    assertThat(sweeps.get(0).view().rows().get(0))
        .extracting(Page.Chart::caption)
        .containsExactly("accuracy, mean of tasks");
  }

  @Test
  void whatTheNetworkSharesIsDrawnBesideTheAccuracy() {
    SweepCharts.Sweep sweep =
        SweepCharts.of(Reports.of(List.of(sharing(.1, .8), sharing(.4, .2)))).get(0);

    assertThat(sweep.shares()).containsOnlyKeys("sharing · non-twin");
    assertThat(sweep.shares().get("sharing · non-twin").get("office · mtal").places())
        .extracting(place -> "%.1f: %.1f".formatted(place.at(), place.mean()))
        .containsExactly("0.1: 0.8", "0.4: 0.2");
    assertThat(sweep.view().rows().get(0))
        .extracting(Page.Chart::caption)
        .containsExactly("accuracy, mean of tasks", "sharing · non-twin, whole network");
  }

  private static Trial sharing(double threshold, double share) {
    Trial trial = point(Map.of(THRESHOLD, threshold));
    Curves curves =
        new Curves(
            Map.of(
                "sharing/non-twin/total", List.of(new Point(1, share)),
                "sharing/non-twin/conv1", List.of(new Point(1, 1))));
    return Reports.with(trial, curves);
  }

  @Test
  void valuesOverManyDecadesStandAsFarApartAsTheirLogarithms() {
    List<Label> labels = labels(.00001, .0001, .001, .01, .1, 1);

    assertThat(labels).extracting(Label::glyphs).hasSize(6).doesNotHaveDuplicates();
    for (int i = 1; i < 6; i++) {
      assertThat(labels.get(i).x() - labels.get(i - 1).x()).as("decade %d", i).isBetween(75., 95.);
    }
  }

  @Test
  void smallValuesOfOneDecadeHaveLabelsThatTellThemApart() {
    assertThat(labels(.0001, .0002, .0003, .0004))
        .extracting(Label::glyphs)
        .hasSizeGreaterThan(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void zeroKeepsTheAxisLinear() {
    assertThat(labels(0, .0001, 1)).as("0, 0.1 to 1").hasSize(11);
  }

  /** A label of the horizontal axis: text is drawn as outlines, of which the hash is kept. */
  private record Label(double x, double y, String glyphs) {}

  private static List<Label> labels(double... thresholds) {
    List<Trial> trials =
        DoubleStream.of(thresholds).mapToObj(at -> point(Map.of(THRESHOLD, at))).toList();
    String svg = SweepCharts.of(Reports.of(trials)).get(0).chart().svg("sweep");
    return Pattern.compile("<g transform=\"translate\\((\\S+) (\\S+)\\)\"><path d=\"([^\"]+)")
        .matcher(svg)
        .results()
        .map(
            text ->
                new Label(
                    Double.parseDouble(text.group(1)),
                    Double.parseDouble(text.group(2)),
                    Integer.toHexString(text.group(3).hashCode())))
        .filter(label -> label.y() > 240 && label.y() < 255) // below the plot, above the title
        .sorted(Comparator.comparingDouble(Label::x))
        .toList();
  }

  @Test
  void whatElseIsSweptMakesLinesOfItsOwn() {
    List<SweepCharts.Sweep> sweeps =
        SweepCharts.of(
            Reports.of(
                List.of(
                    point(Map.of(THRESHOLD, .1, "methods.mtal.pick", "all")),
                    point(Map.of(THRESHOLD, .2, "methods.mtal.pick", "all")),
                    point(Map.of(THRESHOLD, .1, "methods.mtal.pick", "mutual")),
                    point(Map.of(THRESHOLD, .2, "methods.mtal.pick", "mutual")))));

    assertThat(sweeps.get(0).lines())
        .containsOnlyKeys("office · mtal (pick = all)", "office · mtal (pick = mutual)");
  }

  @Test
  void twoSweptKeysOfOneLastWordAreTwoCharts() {
    String amazon = "datasets.amazon.limit";
    String webcam = "datasets.webcam.limit";
    List<SweepCharts.Sweep> sweeps =
        SweepCharts.of(
            Reports.of(
                List.of(
                    point(Map.of(amazon, 20, webcam, 20)),
                    point(Map.of(amazon, 20, webcam, 50)),
                    point(Map.of(amazon, 50, webcam, 20)),
                    point(Map.of(amazon, 50, webcam, 50)))));

    assertThat(sweeps).extracting(SweepCharts.Sweep::key).containsExactly(amazon, webcam);
    assertThat(sweeps.get(0).lines())
        .containsOnlyKeys("office · mtal (limit = 20)", "office · mtal (limit = 50)");
  }

  @Test
  void aKeyOfAnotherGroupIsNotThisGroups() {
    assertThat(
            SweepCharts.of(
                Reports.of(
                    List.of(
                        new ReportData.Group("office", List.of("amazon", "webcam")),
                        new ReportData.Group("shop", List.of("amazon"))),
                    List.of(
                        point(Map.of("groups.shop.methods.mtal.threshold", .1)),
                        point(Map.of("groups.shop.methods.mtal.threshold", .2))),
                    null)))
        .isEmpty();
  }

  @Test
  void aPointOfAnotherGroupTakesNoValueFromThisOne() {
    List<Trial> trials = new ArrayList<>();
    for (int steps : List.of(100, 200)) {
      trials.add(point("office", Map.of("training.steps", steps)));
      for (double threshold : List.of(.1, .2)) {
        trials.add(
            point(
                "shop",
                Map.of("training.steps", steps, "groups.shop.methods.mtal.threshold", threshold)));
      }
    }
    List<SweepCharts.Sweep> sweeps =
        SweepCharts.of(
            Reports.of(
                List.of(
                    new ReportData.Group("office", List.of("amazon", "webcam")),
                    new ReportData.Group("shop", List.of("amazon", "webcam"))),
                trials,
                null));

    assertThat(sweeps)
        .filteredOn(sweep -> sweep.key().equals("training.steps") || sweep.key().equals("steps"))
        .singleElement()
        .satisfies(
            sweep ->
                assertThat(sweep.lines())
                    .containsKeys("office · mtal", "shop · mtal (threshold = 0.1)"));
  }

  private static Trial point(String group, Map<String, Object> point) {
    return Reports.in(group, point(point));
  }

  @Test
  void withoutASweepThereIsNoChart() {
    assertThat(SweepCharts.of(Reports.of(List.of(Reports.finished("mtal", 1, .5, .5))))).isEmpty();
  }

  private static Trial swept(int repeat, double threshold, double amazon, double webcam) {
    return Reports.finished("mtal", repeat, Map.of(THRESHOLD, threshold), amazon, webcam);
  }

  private static Trial point(Map<String, Object> point) {
    return Reports.finished("mtal", 1, point, .5, .5);
  }
}
