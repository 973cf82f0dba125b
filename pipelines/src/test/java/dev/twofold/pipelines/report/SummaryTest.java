package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {

  @Test
  void deviationIsThatOfASample() {
    // Mean of .70, .74, .78 is .74; squares .0016 + 0 + .0016 = .0032; over n - 1 = 2: sqrt(.0016).
    Spread spread = Spread.of(List.of(.70, .74, .78));

    assertThat(spread.mean()).isCloseTo(.74, within(1e-12));
    assertThat(spread.deviation()).isCloseTo(.04, within(1e-12));
    assertThat(spread.text()).isEqualTo("0.740 ± 0.040");
  }

  @Test
  void aSingleRepeatShowsNoDeviation() {
    assertThat(Spread.of(List.of(.5)).text()).isEqualTo("0.500");
    assertThat(Spread.of(List.of()).text()).isEqualTo("–");
  }

  @Test
  void theMeanOfTasksHasTheDeviationOfTheTrialsMeans() {
    // Trials' means over tasks: (.6 + .8)/2 = .7 and (.8 + .6)/2 = .7, which do not deviate.
    Summary.Row row =
        Summary.of(
                Reports.of(
                    List.of(
                        Reports.finished("mtal", 1, .6, .8), Reports.finished("mtal", 2, .8, .6))))
            .tables()
            .get(0)
            .rows()
            .get(0);

    assertThat(row.accuracy().stream().map(Spread::text))
        .containsExactly("0.700 ± 0.141", "0.700 ± 0.141", "0.700 ± 0.000");
  }

  /** As in the tables beside it: of half a trial's tasks a mean is another quantity. */
  @Test
  void aTrialWithoutAllTasksHasNoMean() {
    Trial whole = Reports.finished("mtal", 1, .6, .8);
    Trial half = Reports.finished("mtal", 2, .2, .2);
    Trial without =
        new Trial(
            half.spec(),
            half.conditions(),
            half.status(),
            "",
            new TrialResult(Map.of("amazon", Reports.task(.2, "bike", "mug")), 90),
            half.curves());
    ReportData data = Reports.of(List.of(whole, without));

    assertThat(Summary.of(data).tables().get(0).rows().get(0).accuracy())
        .extracting(Spread::n)
        .containsExactly(2, 1, 1);
  }

  @Test
  void aReconstructionIsCalledOneInEveryRow() {
    Summary summary =
        Summary.of(
            Reports.of(
                List.of(
                    Reports.finished("mtda", 1, Map.of("r", 20), .6, .7),
                    Reports.finished("mtal", 1, .6, .8))));

    assertThat(summary.tables().get(0).rows())
        .extracting(Summary.Row::name)
        .containsExactly("mtda, reconstruction (r = 20)", "mtal");
  }

  @Test
  void trialsThatDidNotFinishCountAsPlannedOnly() {
    Summary.Row row =
        Summary.of(
                Reports.of(
                    List.of(
                        Reports.finished("mtal", 1, .6, .8),
                        Reports.unfinished("mtal", 2, Status.FAILED, "diverged"))))
            .tables()
            .get(0)
            .rows()
            .get(0);

    assertThat(row.repeats()).isEqualTo("1 of 2");
    assertThat(row.accuracy().get(0).text()).isEqualTo("0.600");
  }

  @Test
  void sweepPointsAreRowsOfTheirOwn() {
    Summary.Table table =
        Summary.of(
                Reports.of(
                    List.of(
                        Reports.finished("mtal", 1, Map.of("rho", .4), .6, .8),
                        Reports.finished("mtal", 1, Map.of("rho", .5), .7, .8))))
            .tables()
            .get(0);

    assertThat(table.rows().stream().map(Summary.Row::name))
        .containsExactly("mtal (rho = 0.4)", "mtal (rho = 0.5)");
  }

  @Test
  void meansThatPrintAlikeShareTheirPlace() {
    assertThat(
            Rank.of(
                List.of(
                    Spread.of(List.of(.7401)),
                    Spread.of(List.of(.7399)),
                    Spread.of(List.of(.72)),
                    Spread.of(List.of(.71)),
                    Spread.of(List.of()))))
        .containsExactly(Rank.BEST, Rank.BEST, Rank.SECOND, Rank.OTHER, Rank.OTHER);
  }

  @Test
  void aColumnWithOneMethodRanksNothing() {
    assertThat(Rank.of(List.of(Spread.of(List.of(.7))))).containsExactly(Rank.OTHER);
  }

  @Test
  void refusesATrialOfAnUnknownGroup() {
    ReportData known = Reports.of(List.of(Reports.finished("mtal", 1, .6, .8)));

    assertThatThrownBy(
            () ->
                new ReportData(
                    "e",
                    known.created(),
                    "",
                    Map.of(),
                    "",
                    List.of(new Group("other", List.of("amazon"))),
                    known.trials(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Map.of(),
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid group of a trial: office (must be one of [other])");
  }
}
