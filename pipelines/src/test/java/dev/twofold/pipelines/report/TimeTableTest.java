package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeTableTest {

  /** 1, 2 and 10 minutes: mean 13/3, squares 11.11 + 5.44 + 32.11 = 48.67, over 2: sqrt(24.33). */
  @Test
  void theMedianHardlySeesATrialThatHadToWait() {
    ReportData data =
        Reports.of(
            List.of(
                trained(1, 60),
                trained(2, 600),
                trained(3, 120),
                Reports.unfinished("mtal", 4, Status.FAILED, "")));

    assertThat(TimeTable.of(data).rows())
        .extracting(TimeTable.Row::texts)
        .containsExactly(List.of("office", "mtal", "3", "2.00", "4.33 ± 4.93"));
    assertThat(MarkdownReport.of(data))
        .contains(
            """
            ## Training time, minutes a trial

            | group | method | trials | median | mean ± sd |
            | --- | --- | ---: | ---: | ---: |
            | office | mtal | 3 | 2.00 | 4.33 ± 4.93 |

            Wall-clock time of each trial's training on the machine and under the load it had; a network that several trials share counts in each; pre-training not included.
            """);
  }

  @Test
  void ofAnEvenNumberTheMedianIsBetweenTheTwoInTheMiddle() {
    ReportData data = Reports.of(List.of(trained(1, 60), trained(2, 120)));

    assertThat(TimeTable.of(data).rows().get(0).median()).isEqualTo(1.5);
  }

  @Test
  void withoutAFinishedTrialThereIsNoTable() {
    ReportData data = Reports.of(List.of(Reports.unfinished("mtal", 1, Status.FAILED, "")));

    assertThat(TimeTable.of(data).rows()).isEmpty();
    assertThat(MarkdownReport.of(data)).doesNotContain("Training time");
    assertThat(LatexReport.of(data)).doesNotContain("Training time");
  }

  private static Trial trained(int repeat, double seconds) {
    Trial trial = Reports.finished("mtal", repeat, .5, .5);
    return new Trial(
        trial.spec(),
        trial.conditions(),
        trial.status(),
        "",
        new TrialResult(trial.evaluated().tasks(), seconds),
        trial.curves());
  }
}
