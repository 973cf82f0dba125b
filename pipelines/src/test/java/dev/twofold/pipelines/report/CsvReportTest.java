package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CsvReportTest {

  private static final Pattern CELL =
      Pattern.compile("\"((?:[^\"]|\"\")*)\"(?:,|$)|([^,]*)(?:,|$)");
  private static final Map<String, Object> POINT =
      Map.of("methods.mtal.threshold", .0004, "training.steps", 200);

  /** Rows by the names of their columns; no cell has a line break. */
  private static List<Map<String, String>> rows(String csv) {
    List<List<String>> lines = csv.lines().map(CsvReportTest::cells).toList();
    List<Map<String, String>> rows = new ArrayList<>();
    for (List<String> line : lines.subList(1, lines.size())) {
      assertThat(line).hasSameSizeAs(lines.get(0));
      Map<String, String> row = new LinkedHashMap<>();
      for (int column = 0; column < line.size(); column++) {
        row.put(lines.get(0).get(column), line.get(column));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<String> cells(String line) {
    List<String> cells =
        CELL.matcher(line)
            .results()
            .map(
                cell -> cell.group(1) == null ? cell.group(2) : cell.group(1).replace("\"\"", "\""))
            .toList();
    return line.endsWith(",") ? cells : cells.subList(0, cells.size() - 1); // the end of the line
  }

  private static Stream<String> tables(ReportData data) {
    return Stream.of(
        CsvReport.table(data),
        CsvReport.tests(data),
        CsvReport.shares(data),
        CsvReport.trials(data));
  }

  @Test
  void sweptValuesAndTheStartHaveColumnsInEveryTable() {
    ReportData data =
        Reports.of(
            List.of(
                Reports.finished("single-task", 1, .5, .5),
                sharing(Reports.finished("mtal", 1, POINT, .6, .6))));

    assertThat(tables(data))
        .allSatisfy(
            csv ->
                assertThat(rows(csv))
                    .filteredOn(row -> row.get("method").startsWith("mtal"))
                    .isNotEmpty()
                    .allSatisfy(
                        row ->
                            assertThat(row)
                                .containsEntry("method", "mtal (threshold = 0.0004, steps = 200)")
                                .containsEntry("label", "mtal")
                                .containsEntry("start", "auxiliary")
                                .containsEntry("threshold", "0.0004")
                                .containsEntry("steps", "200")));
    assertThat(rows(CsvReport.table(data)).get(0))
        .as("a method that is not swept")
        .containsEntry("label", "single-task")
        .containsEntry("threshold", "");
    assertThat(CsvReport.table(data).lines().findFirst().orElseThrow())
        .as("behind the columns that scripts may count")
        .startsWith("group,method,task,repeats,")
        .endsWith(",difference,substitute,label,start,threshold,steps");
  }

  private static Trial sharing(Trial trial) {
    return new Trial(
        trial.spec(),
        trial.conditions(),
        trial.status(),
        "",
        trial.evaluated(),
        new Curves(Map.of("sharing/conv1", List.of(new Point(1, .5)))));
  }

  @Test
  void aKeyThatAnotherColumnIsCalledByIsWrittenOut() {
    Map<String, Object> point = Map.of("methods.mtal.start", "scratch");
    ReportData data =
        Reports.of(List.of(Reports.unfinished("mtal", 1, Status.FAILED, ""), swept("mtal", point)));

    assertThat(rows(CsvReport.trials(data)).get(1))
        .containsEntry("start", "auxiliary")
        .containsEntry("methods.mtal.start", "scratch");
  }

  private static Trial swept(String method, Map<String, Object> point) {
    return Reports.finished(method, 1, point, .5, .5);
  }

  @Test
  void theStartIsTheOneInTheGroup() {
    ReportData data =
        Reports.of(
            List.of(
                Reports.started("mtal", new Conditions("scratch", "", "", "", Map.of(), ""), 1, .5),
                Reports.finished("damtl", 1, .5, .5)));

    assertThat(rows(CsvReport.table(data)))
        .extracting(row -> row.get("label") + ": " + row.get("start"))
        .containsOnly("mtal scratch: scratch", "damtl: auxiliary");
  }

  /** Pandas takes an empty group for a missing value, and its groupby leaves it out. */
  @Test
  void theMeanOfGroupsIsOfTheGroupAll() {
    ReportData data =
        Reports.of(
            List.of(
                new Group("office", List.of("amazon", "webcam")),
                new Group("other", List.of("amazon"))),
            List.of(
                Reports.finished("single-task", 1, .5, .5), Reports.finished("mtal", 1, .6, .6)),
            null);

    for (String csv : List.of(CsvReport.table(data), CsvReport.tests(data))) {
      assertThat(rows(csv)).extracting(row -> row.get("group")).doesNotContain("").contains("all");
      assertThat(rows(csv))
          .filteredOn(row -> row.get("group").equals("all"))
          .extracting(row -> row.get("task") + ", " + row.get("start"))
          .containsOnly("mean of groups, auxiliary");
    }
  }

  @Test
  void aTrialsSecondsAreCalledTheTrials() {
    assertThat(rows(CsvReport.trials(Reports.of(List.of(Reports.finished("mtal", 1, .5, .5))))))
        .hasSize(2)
        .allSatisfy(
            task ->
                assertThat(task)
                    .containsEntry("trial_seconds", "90.0")
                    .doesNotContainKey("seconds"));
  }

  @Test
  void hasScoresAndConfusionsByClass() {
    ReportData data = Reports.of(List.of(Reports.finished("mtal", 2, .7, .5)));

    assertThat(CsvReport.classes(data).lines())
        .containsExactly(
            "group,method,repeat,task,class,precision,recall,f1,support,label,start",
            "office,mtal,2,amazon,bike,0.9,0.8,0.85,10,mtal,auxiliary",
            "office,mtal,2,amazon,mug,0.7,0.6,0.65,10,mtal,auxiliary",
            "office,mtal,2,webcam,phone,0.9,0.8,0.85,10,mtal,auxiliary",
            "office,mtal,2,webcam,lamp,0.7,0.6,0.65,10,mtal,auxiliary");
    assertThat(CsvReport.confusion(data).lines())
        .startsWith(
            "group,method,repeat,task,class,predicted,images,label,start",
            "office,mtal,2,amazon,bike,bike,8,mtal,auxiliary",
            "office,mtal,2,amazon,bike,mug,2,mtal,auxiliary",
            "office,mtal,2,amazon,mug,bike,4,mtal,auxiliary",
            "office,mtal,2,amazon,mug,mug,6,mtal,auxiliary")
        .hasSize(9);
  }

  /** A report keeps the matrices that its page shows. */
  @Test
  void hasNoRowsOfAMatrixThatIsNotAtHand() {
    Trial trial = Reports.finished("mtal", 2, .7, .5);
    TaskResult kept = trial.evaluated().tasks().get("amazon");
    TaskResult without = new TaskResult(kept.accuracy(), kept.macroF1(), kept.classes(), List.of());
    Trial second =
        new Trial(
            trial.spec(),
            trial.conditions(),
            trial.status(),
            "",
            new TrialResult(Map.of("amazon", without, "webcam", kept), 90),
            trial.curves());

    assertThat(CsvReport.confusion(Reports.of(List.of(second))).lines())
        .hasSize(5)
        .noneMatch(row -> row.contains(",amazon,"));
  }
}
