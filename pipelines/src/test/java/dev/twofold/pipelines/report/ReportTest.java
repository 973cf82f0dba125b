package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Activations;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Mistake;
import dev.twofold.pipelines.report.ReportData.Mistakes;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.TaskFacts;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import dev.twofold.transforms.training.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final String HOSTILE = "<script>alert('x')</script>|\"q\"";

  @TempDir Path folder;

  @Test
  void marksTheBestAndTheSecondBestOfEachColumn() throws IOException {
    assertThat(Report.html(threeMethods()))
        .contains("<span class=\"best\">0.740 ± 0.057</span>")
        .contains("<span class=\"second\">0.720</span>")
        .contains("<span class=\"other\">0.500</span>");
  }

  @Test
  void listsTheWorstOfManyClasses() throws IOException {
    assertThat(Report.html(withClasses(100)))
        .contains("<th scope=\"row\">class 0</th>", "<th scope=\"row\">class 99</th>")
        .doesNotContain("with the lowest F1");
    assertThat(Report.html(withClasses(101)))
        .contains(
            "The 100 of 101 classes with the lowest F1.",
            "<tbody><tr><th scope=\"row\">class 100</th>")
        .contains("<th scope=\"row\">class 1</th>")
        .doesNotContain("<th scope=\"row\">class 0</th>");
  }

  /** Of which each is known better than the next. */
  private static ReportData withClasses(int count) {
    List<ClassResult> classes =
        IntStream.range(0, count)
            .mapToObj(i -> new ClassResult("class " + i, .9, .9, .9 - (i / 1000.), 10))
            .toList();
    Trial trial = Reports.finished("mtal", 1, .5, .75);
    return Reports.of(
        List.of(
            new Trial(
                trial.spec(),
                trial.conditions(),
                trial.status(),
                "",
                new TrialResult(Map.of("amazon", new TaskResult(.5, .5, classes, List.of())), 90),
                trial.curves())));
  }

  @Test
  void writesTheTableAsMarkdown() {
    assertThat(MarkdownReport.of(threeMethods()))
        .contains(
            """
            ## Accuracy

            | method | repeats | office · amazon | office · webcam | office · mean of tasks |
            | --- | ---: | ---: | ---: | ---: |
            | single-task | 1 | 0.500 | **0.900** | 0.700 |
            | mtal | 2 | **0.740 ± 0.057** | <ins>0.850 ± 0.071</ins> | **0.795 ± 0.007** |
            | damtl | 1 of 2 | <ins>0.720</ins> | 0.800 | <ins>0.760</ins> |
            """)
        .contains("- office · damtl · repeat 2: failed. Training diverged at step 7\n");
  }

  @Test
  void writesTheTableAsCsv() {
    assertThat(CsvReport.table(Reports.of(List.of(Reports.finished("mtal", 1, .5, .75)))))
        .isEqualTo(
            withCrLf(
                """
                group,method,task,repeats,accuracy_mean,accuracy_deviation,macro_f1_mean,macro_f1_deviation,published_mean,published_deviation,difference,substitute,label,start
                office,mtal,amazon,1,0.5,,0.4,,,,,,mtal,auxiliary
                office,mtal,webcam,1,0.75,,0.65,,,,,,mtal,auxiliary
                office,mtal,mean of tasks,1,0.625,,0.525,,,,,,mtal,auxiliary
                """));
  }

  @Test
  void writesEveryTrialAsCsv() {
    assertThat(
            CsvReport.trials(
                Reports.of(
                    List.of(
                        Reports.finished("mtal", 1, .5, .75),
                        Reports.unfinished("mtal", 2, Status.KILLED, "by \"you\", at last")))))
        .isEqualTo(
            withCrLf(
                """
                group,method,registered_method,repeat,status,task,accuracy,macro_f1,trial_seconds,reason,label,start
                office,mtal,mtal,1,finished,amazon,0.5,0.4,90.0,,mtal,auxiliary
                office,mtal,mtal,1,finished,webcam,0.75,0.65,90.0,,mtal,auxiliary
                office,mtal,mtal,2,killed,,,,,"by ""you"", at last",mtal,auxiliary
                """));
  }

  @Test
  void cellsThatASpreadsheetWouldRunBecomeText() {
    assertThat(CsvReport.cell("=1+1")).isEqualTo("'=1+1");
    assertThat(CsvReport.cell("@SUM(A1,A2)")).isEqualTo("\"'@SUM(A1,A2)\"");
    assertThat(CsvReport.cell("a\nb")).isEqualTo("\"a\nb\"");
    assertThat(CsvReport.cell("plain = text")).isEqualTo("plain = text");
    assertThat(CsvReport.cell("-1+1")).isEqualTo("'-1+1");
    assertThat(CsvReport.cell("-4.0E-5")).as("a number is none").isEqualTo("-4.0E-5");
  }

  @Test
  void hostileNamesStayText() throws IOException {
    Report.write(hostile(), folder);

    assertThat(folder.resolve("report.html"))
        .content()
        .doesNotContain("<script")
        .contains(
            "<th scope=\"col\" class=\"edge\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;|&quot;q&quot;</th>")
        .contains("<figcaption>&lt;script&gt;")
        .contains("<pre>&lt;script&gt;");
    assertThat(folder.resolve("report.md"))
        .content()
        .doesNotContain("<script")
        .contains("&lt;script&gt;alert\\('x'\\)&lt;/script&gt;\\|\"q\"");
    assertThat(folder.resolve("trials.csv"))
        .content()
        .contains("\"<script>alert('x')</script>|\"\"q\"\"\"");
    assertThat(folder.resolve("report.tex"))
        .content()
        .contains(
            "\n\\textless{}script\\textgreater{}alert('x')\\textless{}/script\\textgreater{}"
                + "\\textbar{}''q'' & 1 & 0.500 ");
  }

  @Test
  void thePageNeedsNothingFromOutside() throws IOException {
    String html = Report.html(withCurves());

    assertThat(html)
        .contains("<svg role=\"img\"")
        .doesNotContain("<script")
        .doesNotContain("<link");
    assertThat(
            Pattern.compile("(?i)https?:|(src|href)\\s*=\\s*\"(?!#)|url\\((?!#)|@import")
                .matcher(html)
                .results())
        .isEmpty();
  }

  @Test
  void theSameDataGiveTheSameBytes() throws IOException {
    Report.write(withCurves(), folder.resolve("a"));
    Report.write(withCurves(), folder.resolve("b"));

    for (String file :
        List.of(
            "report.html",
            "report.md",
            "report.tex",
            "report.csv",
            "tests.csv",
            "shares.csv",
            "trials.csv",
            "classes.csv",
            "confusion.csv")) {
      assertThat(Files.readAllBytes(folder.resolve("a").resolve(file)))
          .as(file)
          .isNotEmpty()
          .isEqualTo(Files.readAllBytes(folder.resolve("b").resolve(file)));
    }
  }

  @Test
  void activationMapsStandWithWhatTheirGroupShares() throws IOException {
    ReportData data = withCurves();
    TrialSpec mtal = data.trials().get(0).spec();
    List<String> layers =
        List.of("data:image/png;base64,Zmlyc3Q=", "data:image/png;base64,bmV4dA==");

    String html = Report.html(with(data, List.of(new Activations(mtal, layers))));
    assertThat(html.substring(html.indexOf("id=\"sharing\""), html.indexOf("id=\"time\"")))
        .contains(
            "<details><summary>mtal · activation maps of the first layers, first repeat</summary>")
        .containsSubsequence(
            "<img class=\"maps\" src=\"data:image/png;base64,Zmlyc3Q=\"",
            "<img class=\"maps\" src=\"data:image/png;base64,bmV4dA==\"");
    assertThat(Report.html(data)).doesNotContain("activation maps");
  }

  @Test
  void activationMapsThatAreLeftOutAreSaidToBe() throws IOException {
    ReportData data = withCurves();
    Activations none = new Activations(data.trials().get(0).spec(), List.of());

    assertThat(Report.html(with(data, List.of(none))))
        .contains("No pictures, to keep the page small; they lie with the trial&#39;s evaluation.")
        .doesNotContain("<img");
  }

  @Test
  void aMethodHasOneColourEverywhere() throws IOException {
    Page page = new PageBuilder(withCurves()).build();

    assertThat(page.accuracy().rows().get(0).colour())
        .isEqualTo(page.curves().get(0).legend().get(0).colour())
        .isEqualTo(page.times().get(0).bars().get(0).colour())
        .isEqualTo(page.shares().get(0).heatMaps().get(0).rows().get(0).colour());
  }

  /** MTDA passes over all images a few times, where others train for 200 steps. */
  @Test
  void closedFormsHaveChartsOfTheirOwn() {
    Curves curves =
        new Curves(Map.of("accuracy/amazon", List.of(new Point(1, .5), new Point(2, .6))));
    Trial mtda =
        Reports.started("mtda", new ReportData.Conditions("none", "", "", "", Map.of(), ""), 1, .6);
    List<Trial> trials =
        List.of(
            Reports.with(Reports.finished("mtal", 1, .6, .6), curves), Reports.with(mtda, curves));

    assertThat(new PageBuilder(Reports.of(trials)).build().curves().get(0).rows().get(0))
        .extracting(Page.Chart::caption)
        .containsExactly("amazon · accuracy", "amazon · accuracy, in closed form");
  }

  @Test
  void chartsAndTheirTablesCanBeHeard() throws IOException {
    assertThat(Report.html(withCurves()))
        .contains("<svg role=\"img\" aria-label=\"", "<summary>In minutes a trial, with medians")
        .doesNotContain("<th>", "<th class")
        .doesNotContain("Below each score the published one");
  }

  /** Half a training has shared half as much. */
  @Test
  void sharesAreOfFinishedTrialsAlone() {
    Curves under = new Curves(Map.of("sharing/conv2", List.of(new Point(1, 0))));
    List<Trial> trials = new ArrayList<>(withCurves().trials());
    trials.add(Reports.with(Reports.unfinished("mtal", 3, Status.UNFINISHED, ""), under));
    trials.add(Reports.with(Reports.unfinished("damtl", 1, Status.FAILED, "no memory"), under));

    List<Page.HeatMap> maps =
        new PageBuilder(Reports.of(trials)).build().shares().get(0).heatMaps();
    assertThat(maps)
        .usingRecursiveComparison()
        .isEqualTo(new PageBuilder(withCurves()).build().shares().get(0).heatMaps());
  }

  @Test
  void heatMapsHoldTheLastValuesAveragedOverRepeats() {
    Page.HeatMap map = new PageBuilder(withCurves()).build().shares().get(0).heatMaps().get(0);

    assertThat(map.title()).isEqualTo("sharing");
    assertThat(map.columns()).containsExactly("conv2", "conv10", "network");
    // conv2 ends at .6 and .8; conv10 at .2 in both; the network has one value.
    assertThat(map.rows().get(0).cells().stream().map(Page.HeatCell::text))
        .containsExactly("0.70", "0.20", "0.40");
    assertThat(map.rows().get(1).name()).isEqualTo("mtal · twin");
    assertThat(map.rows().get(1).cells().stream().map(Page.HeatCell::text))
        .containsExactly("0.10", "", "");
  }

  @Test
  void tablesOfLayersHaveTheDeviationOverRepeats() {
    // conv2 ends at .6 and .8: mean .7, deviation .2 / sqrt(2) = .141.
    assertThat(MarkdownReport.of(withCurves()))
        .contains(
            """
            ### office · sharing

            | layer | mtal | mtal · twin |
            | --- | ---: | ---: |
            | conv2 | 0.700 ± 0.141 | 0.100 |
            | conv10 | 0.200 ± 0.000 |  |
            | network | 0.400 |  |
            """);
    assertThat(LatexReport.of(withCurves())).contains("conv2 & 0.700 $\\pm$ 0.141 & 0.100 \\\\\n");
    assertThat(CsvReport.shares(withCurves()))
        .contains("\r\noffice,mtal,sharing,twin,conv2,1,0.1,,mtal,auxiliary\r\n");
  }

  @Test
  void masksHaveATableAndNoMapOfFractions() {
    Curves curves =
        new Curves(
            Map.of(
                "sparsity_mask_mean/amazon/conv1", List.of(new Point(1, .9)),
                "sparsity_base_norm/amazon/conv1", List.of(new Point(1, 11.5)),
                "sparsity_start_correlation/amazon/conv1", List.of(new Point(1, Double.NaN))));
    ReportData data =
        Reports.of(List.of(Reports.with(Reports.finished("damtl", 1, .5, .5), curves)));

    assertThat(MarkdownReport.of(data))
        .contains(
            """
            ### office · mask

            | method | conv1 |
            | --- | ---: |
            | damtl · amazon, mean | 0.900 |
            | damtl · amazon, norm of the base | 11.500 |
            """);
    Page.ShareGroup page = new PageBuilder(data).build().shares().get(0);
    assertThat(page.heatMaps()).isEmpty();
    assertThat(page.layers()).isEmpty();
  }

  @Test
  void ofMoreMethodsThanLayersEachHasARow() {
    Curves curves = new Curves(Map.of("sharing/conv1", List.of(new Point(1, .5))));
    List<Trial> trials =
        Stream.of(.4, .5)
            .map(
                rho ->
                    Reports.with(
                        Reports.finished("mtal", 1, Map.of("threshold", rho), .5, .5), curves))
            .toList();
    assertThat(MarkdownReport.of(Reports.of(trials)))
        .contains(
            """
            | method | conv1 |
            | --- | ---: |
            | mtal \\(threshold = 0.4\\) | 0.500 |
            | mtal \\(threshold = 0.5\\) | 0.500 |
            """);
  }

  @Test
  void barsHaveAWhiskerOfOneDeviation() {
    // mtal's means of tasks are .80 and .79: .795 ± .0071, the whisker from 99.1 % of the bar on.
    Page.BarGroup group = new PageBuilder(threeMethods()).build().bars().get(0);

    assertThat(group.group()).isEqualTo("office · mean of tasks");
    assertThat(group.bars().get(1))
        .extracting(Page.Bar::percent, Page.Bar::margin, Page.Bar::whisker, Page.Bar::text)
        .containsExactly("79.5", "0.7", "left:99.1%;width:1.8%", "0.795 ± 0.007");
    assertThat(group.bars().get(0).whisker()).as("one repeat").isEmpty();
  }

  @Test
  void curvesThatAreNeverFiniteAreLeftOut() throws IOException {
    Trial trial = Reports.finished("mtal", 1, .5, .75);
    Curves diverged =
        new Curves(
            Map.of(
                "loss/amazon",
                List.of(new Point(1, Double.NaN), new Point(2, Double.POSITIVE_INFINITY))));

    assertThat(Report.html(Reports.of(List.of(Reports.with(trial, diverged)))))
        .doesNotContain("<svg");
  }

  @Test
  void aRunWithoutTrialsHasAReport() throws IOException {
    assertThat(Report.html(Reports.of(List.of()))).contains("0 of 0 trials finished");
  }

  /** RFC 4180 ends a row with both. */
  private static String withCrLf(String rows) {
    return rows.replace("\n", "\r\n");
  }

  private static ReportData threeMethods() {
    return Reports.of(
        List.of(
            Reports.finished("single-task", 1, .50, .90),
            // .70 and .78: mean .74, deviation .08 / sqrt(2) = .0566; .90 and .80: .85 and .0707;
            // means of tasks .80 and .79: .795 and .0071.
            Reports.finished("mtal", 1, .70, .90),
            Reports.finished("mtal", 2, .78, .80),
            Reports.finished("damtl", 1, .72, .80),
            Reports.unfinished("damtl", 2, Status.FAILED, "Training diverged at step 7")));
  }

  private static ReportData hostile() {
    TrialSpec spec = new TrialSpec(HOSTILE, "mtal", HOSTILE, Map.of(), 1, List.of(), "e", true);
    Trial trial =
        new Trial(
            spec,
            new Conditions(HOSTILE, HOSTILE, HOSTILE, HOSTILE, Map.of(), HOSTILE),
            Status.FINISHED,
            "",
            new TrialResult(Map.of(HOSTILE, Reports.task(.5, HOSTILE, "mug")), 60),
            new Curves(
                Map.of(
                    "loss/" + HOSTILE.replace("/", ""), List.of(new Point(1, .5)),
                    "sharing/" + HOSTILE, List.of(new Point(1, .5)))));
    Trial failed =
        new Trial(
            new TrialSpec(HOSTILE, "mtal", HOSTILE, Map.of("a", HOSTILE), 2, List.of(), "e", true),
            new Conditions(HOSTILE, "", "random", "", Map.of(), ""),
            Status.FAILED,
            HOSTILE,
            null,
            Reports.NO_CURVES);
    return new ReportData(
        HOSTILE,
        Instant.EPOCH,
        HOSTILE,
        Map.of(HOSTILE, HOSTILE),
        HOSTILE,
        List.of(new Group(HOSTILE, List.of(HOSTILE))),
        List.of(trial, failed),
        List.of(),
        List.of(HOSTILE),
        List.of(
            new Mistakes(spec, HOSTILE, 1, List.of(new Mistake(HOSTILE, HOSTILE, .5, "data:,")))),
        List.of(),
        List.of(
            new TaskFacts(HOSTILE, HOSTILE, HOSTILE, new ImageShape(8, 8, 1), 2, 1, true, false)),
        Map.of(),
        null);
  }

  /** From scratch cosines scatter around 0, and an axis from 0 to 1 would cut half of them off. */
  @Test
  void theAxisOfCosinesIsAsLongAsTheirLines() throws IOException {
    String[] cosines = {"twin_cosine/conv1", "twin_cosine/total"};
    String[] shares = {"sharing/twin/conv1", "sharing/twin/total"};

    assertThat(lines(.05, cosines)).hasSize(2).isEqualTo(lines(.5, cosines));
    assertThat(lines(.05, shares)).hasSize(2).isNotEqualTo(lines(.5, shares));
  }

  /** Heights of curves from below 0 to above it, as they are drawn. */
  private static List<String> lines(double end, String... metrics) throws IOException {
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    for (String metric : metrics) {
      curves.put(metric, List.of(new Point(1, -end), new Point(2, end)));
    }
    Trial trial = Reports.with(Reports.finished("mtal", 1, .5, .75), new Curves(curves));
    return Pattern.compile("stroke-linejoin:round;\"[^>]*( y1=[^>]*)")
        .matcher(Report.html(Reports.of(List.of(trial))))
        .results()
        .map(line -> line.group(1))
        .toList();
  }

  @Test
  void pairsOfTasksHaveAHeatMapOfTheirOwnWithoutANetworkColumn() throws IOException {
    Curves curves =
        new Curves(
            Map.of(
                "sharing/total", List.of(new Point(1, .4)),
                "sharing/conv1", List.of(new Point(1, .4)),
                "sharing_pairs/conv1 amazon to webcam", List.of(new Point(1, .25))));

    assertThat(
            Report.html(
                Reports.of(List.of(Reports.with(Reports.finished("mtal", 1, .5, .75), curves)))))
        .contains(
            "<th scope=\"col\">sharing</th><th scope=\"col\">conv1</th><th scope=\"col\">network</th></tr>")
        .contains("<th scope=\"col\">sharing_pairs</th><th scope=\"col\">conv1</th></tr>")
        .contains("mtal · amazon to webcam");
  }

  @Test
  void tellsWhatTheTasksAre() throws IOException {
    ReportData data = Example.data();
    List<String> row =
        List.of("dslr+product", "dslr", "dslr", "", "32 × 32 × 3", "10", "4", "1", "105", "45");

    assertThat(DataTable.rows(data)).hasSize(4).contains(row);
    assertThat(MarkdownReport.of(data)).contains("## Data").contains(" | 105 | 45 |");
    assertThat(LatexReport.of(data))
        .contains("32 $\\times$ 32 $\\times$ 3 & 10 & 4 & 1 & 105 & 45");
    assertThat(Report.html(data)).contains("<h2 id=\"data\">").contains("<td>105</td><td>45</td>");
  }

  @Test
  void tellsBesideATaskWhatOfThePapersDataItStandsFor() throws IOException {
    ReportData data = Example.data();

    assertThat(DataTable.heads(data)).startsWith("group", "task", "dataset", "stands for");
    assertThat(MarkdownReport.of(data))
        .contains("| product | product | Product \\(Office-Home\\) | 32 ×")
        .contains("Stands for: the paper's data in whose place these are.");
    assertThat(LatexReport.of(data))
        .contains("{lllllrrrrr}")
        .contains("product & product & Product (Office-Home) & 32 ");
    assertThat(Report.html(data))
        .contains(
            "<td class=\"text\">Product (Office-Home)</td><td class=\"text\">32 × 32 × 3</td><td>10</td>");
  }

  @Test
  void saysNothingOfSubstitutesWhereThereAreNone() throws IOException {
    ReportData data = Reports.of(List.of(Reports.finished("mtal", 1, .5, .5)));

    assertThat(DataTable.heads(data)).startsWith("group", "task", "dataset", "image size");
    assertThat(DataTable.remark(data)).doesNotContain("Stands for");
    assertThat(LatexReport.of(data)).contains("{llllrrrrr}");
    assertThat(Report.html(data))
        .contains("<td class=\"text\">32 × 32 × 3</td><td>10</td>")
        .doesNotContain("stands for");
  }

  @Test
  void saysHowManyTestImagesNoSearchHasLookedAt() throws IOException {
    TaskFacts facts =
        new TaskFacts("office", "amazon", "amazon", new ImageShape(32, 32, 3), 2, null, true, true);
    ReportData plain = Reports.of(List.of(Reports.finished("mtal", 1, .5, .5)));
    ReportData data =
        new ReportData(
            plain.experiment(),
            plain.created(),
            plain.configuration(),
            plain.versions(),
            plain.machine(),
            plain.groups(),
            plain.trials(),
            plain.auxiliaries(),
            plain.notes(),
            plain.mistakes(),
            plain.activations(),
            List.of(facts),
            Map.of(Map.of(), Reports.sides(70, 30)),
            null);

    assertThat(DataTable.rows(data).get(0)).endsWith("70", "30, 20 in scores");
    assertThat(MarkdownReport.of(data)).contains("split.searched");
    assertThat(MarkdownReport.of(plain)).doesNotContain("split.searched");
  }

  /** The label sets of DAMTL's tasks overlap in the classes of one name, or in none. */
  @Test
  void countsTheClassesThatATaskSharesWithAnother() {
    TrialResult result =
        new TrialResult(
            Map.of(
                "amazon", Reports.task(.5, "bike", "mug"),
                "webcam", Reports.task(.5, "lamp", "mug")),
            60);
    Trial trial = Reports.finished("mtal", 1, .5, .5);
    Trial sharing =
        new Trial(trial.spec(), trial.conditions(), trial.status(), "", result, trial.curves());
    int column = DataTable.heads(Reports.of(List.of(trial))).indexOf("in common");

    assertThat(DataTable.rows(Reports.of(List.of(sharing))))
        .extracting(row -> row.get(column))
        .containsExactly("1", "1");
    assertThat(DataTable.rows(Reports.of(List.of(trial))))
        .as("bike and mug; phone and lamp")
        .extracting(row -> row.get(column))
        .containsExactly("0", "0");
    assertThat(DataTable.rows(Reports.of(List.of())))
        .as("no trial says what the classes are")
        .extracting(row -> row.get(column))
        .containsExactly("", "");
  }

  private static ReportData withCurves() {
    Curves first =
        new Curves(
            Map.of(
                "accuracy/amazon", List.of(new Point(1, .3), new Point(2, .6)),
                "loss/webcam", List.of(new Point(1, 2.3), new Point(2, 1.1)),
                "sharing/conv2", List.of(new Point(1, .1), new Point(2, .6)),
                "sharing/conv10", List.of(new Point(1, .2)),
                "sharing/twin/conv2", List.of(new Point(1, .1)),
                "sharing/total", List.of(new Point(1, .4))));
    Curves second =
        new Curves(
            Map.of(
                "accuracy/amazon", List.of(new Point(1, .4), new Point(2, .7)),
                "sharing/conv2", List.of(new Point(2, .8)),
                "sharing/conv10", List.of(new Point(1, .2))));
    return Reports.of(
        List.of(
            Reports.with(Reports.finished("mtal", 1, .5, .75), first),
            Reports.with(Reports.finished("mtal", 2, .6, .75), second)));
  }

  private static ReportData with(ReportData data, List<Activations> activations) {
    return new ReportData(
        data.experiment(),
        data.created(),
        data.configuration(),
        data.versions(),
        data.machine(),
        data.groups(),
        data.trials(),
        data.auxiliaries(),
        data.notes(),
        data.mistakes(),
        activations,
        data.tasks(),
        data.sides(),
        data.published());
  }

  /** Of a full disk, which names no file; /dev/full is one, to what is written into it. */
  @Test
  void aReportThatCannotBeWrittenSaysWhere(@TempDir Path folder) throws IOException {
    Files.createSymbolicLink(folder.resolve("report.csv"), Path.of("/dev/full"));

    assertThatThrownBy(() -> Report.write(threeMethods(), folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("Cannot write the report: %s: No space left on device", folder);
  }
}
