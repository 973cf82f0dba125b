package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonsTest {

  private static final List<Double> DIFFERENCES = List.of(.04, .03, .01, .05, .02);

  /**
   * Mean .03, s² = .001/4; t = .03 / √((1/5 + 3/7) · .00025) = 2.39317. Its p and the smallest
   * difference with p = .05, by SciPy 1.17:
   *
   * <pre>
   * d = numpy.array([.04, .03, .01, .05, .02]); e = numpy.sqrt((1/5 + 3/7) * d.var(ddof=1))
   * 2 * stats.t.sf(d.mean() / e, 4); stats.t.isf(.025, 4) * e
   * </pre>
   */
  @Test
  void correctsForResampledSplits() {
    PairedTest test = PairedTest.of(DIFFERENCES, 3.0 / 7);

    assertThat(test.p()).isCloseTo(.07490929251858654, within(1e-9));
    assertThat(test.smallest()).isCloseTo(.03480458131665688, within(1e-9));
  }

  /** {@code stats.ttest_1samp([.04, .03, .01, .05, .02], 0).pvalue}. */
  @Test
  void isThePlainPairedTestWhereNoSplitIsResampled() {
    assertThat(PairedTest.of(DIFFERENCES, 0).p()).isCloseTo(.01323559956368269, within(1e-9));
  }

  @Test
  void testsNothingWhereNothingCanBeTested() {
    assertThat(PairedTest.of(List.of(.04), 3.0 / 7).p()).as("one repeat").isNaN();
    assertThat(PairedTest.of(DIFFERENCES, Double.NaN).p()).as("sizes unknown").isNaN();
    assertThat(PairedTest.of(List.of(.1, .1), 3.0 / 7).p()).as("no deviation").isNaN();
    assertThat(PairedTest.of(List.of(.0, .0), 3.0 / 7).p()).as("no difference").isEqualTo(1);
    assertThat(PairedTest.of(List.of(.1, .1), 3.0 / 7).smallest()).as("no deviation").isNaN();
    assertThat(PairedTest.of(List.of(.0, .0), 3.0 / 7).smallest()).as("no difference").isNaN();
  }

  @Test
  void sameTestImagesInEveryRepeatAreSaidToBe() {
    ReportData resampled = Reports.of(List.of());
    assertThat(Comparisons.method(resampled)).isEqualTo(Comparisons.METHOD);
    ReportData fixed = Reports.onFixedSplit(List.of());
    assertThat(Comparisons.method(fixed))
        .endsWith(
            "Every repeat tests on the same images of office · amazon, office · webcam: there no"
                + " split is resampled, so that p is the plain test's and speaks of seeds alone.");
    assertThat(Comparisons.of(Reports.onFixedSplit(differing(1))).get(0).rows().get(0).cells())
        .extracting(Comparisons.Cell::text)
        .as("amazon, webcam and their mean")
        .containsOnly("+0.030 (p = .013)");
  }

  /** Fewer repeats print their p and claim nothing. */
  @Test
  void tenRepeatsClaimSignificance() {
    assertThat(Comparisons.of(Reports.onFixedSplit(differing(1))).get(0).rows().get(0).cells())
        .noneMatch(Comparisons.Cell::isSignificant);
    assertThat(Comparisons.of(Reports.of(differing(2))).get(0).rows().get(0).cells())
        .allMatch(Comparisons.Cell::isSignificant);
  }

  /** MTAL better than single-task by the differences above, so many times. */
  private static List<Trial> differing(int times) {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < times * DIFFERENCES.size(); i++) {
      double better = .5 + DIFFERENCES.get(i % DIFFERENCES.size());
      trials.add(Reports.finished("single-task", i + 1, .5, .5));
      trials.add(Reports.finished("mtal", i + 1, better, better));
    }
    return trials;
  }

  /** The example of R's documentation of p.adjust: smallest times 4, next times 3, and so on. */
  @Test
  void holmMultipliesTheSmallestMost() {
    assertThat(Holm.adjust(List.of(.01, .04, .03, .005)))
        .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : 1, Double.class)
        .containsExactly(.03, .06, .06, .02);
  }

  @Test
  void holmLeavesOutWhatIsNoTestAndStopsAtOne() {
    assertThat(Holm.adjust(List.of(Double.NaN, .6, .7))).containsExactly(Double.NaN, 1.0, 1.0);
  }

  @Test
  void comparesWithTheBaselineOfTheSameStart() {
    List<Trial> trials = new ArrayList<>();
    trials.addAll(repeats("single-task", "scratch", .50));
    trials.addAll(repeats("single-task", "auxiliary", .70));
    trials.addAll(repeats("multi-task", "auxiliary", .72));
    trials.addAll(repeats("mtal", "auxiliary", .74));
    trials.addAll(repeats("damtl", "scratch", .53));
    List<Comparisons.Against> tables = Comparisons.of(Reports.of(trials));

    assertThat(tables.stream().map(Comparisons.Against::title))
        .containsExactly(
            "Against single-task from the same start", "Against multi-task from the same start");
    assertThat(
            tables.get(0).rows().stream().map(row -> row.variant().name() + " : " + row.against()))
        .containsExactly(
            "multi-task auxiliary : single-task auxiliary",
            "mtal auxiliary : single-task auxiliary",
            "damtl scratch : single-task scratch");
    assertThat(tables.get(0).rows().get(1).cells().get(0).difference()).isEqualTo("+0.040");
    assertThat(tables.get(1).rows().stream().map(row -> row.variant().name()))
        .as("no multi-task from scratch to compare with")
        .containsExactly("mtal auxiliary");
  }

  /** MTAL starts from scratch in the second group, where no baseline does. */
  @Test
  void eachGroupHasItsOwnStart() {
    List<Trial> trials = new ArrayList<>();
    trials.addAll(inGroups("single-task", "single-task", "auxiliary", "auxiliary", .5));
    trials.addAll(inGroups("mtal", "mtal", "auxiliary", "scratch", .6));
    Comparisons.Row row = Comparisons.of(ofGroups(trials)).get(0).rows().get(0);

    assertThat(row.against()).isEqualTo("single-task");
    assertThat(row.cells())
        .extracting(Comparisons.Cell::text)
        .as("amazon and webcam of the first group, of the second, mean of groups")
        .containsExactly("+0.100", "+0.100", "–", "–", "–");
    assertThat(CsvReport.tests(ofGroups(trials)))
        .contains("first,amazon,mtal,single-task,2,", "second,amazon,mtal,,0,");
  }

  /** As above, .6 − .5 in the first group, .6 − .4 in the second: .15 in the mean. */
  @Test
  void eachGroupHasTheBaselineOfItsStart() {
    List<Trial> trials = new ArrayList<>();
    trials.addAll(inGroups("single-task", "single-task", "auxiliary", "auxiliary", .5));
    trials.addAll(inGroups("plain", "single-task", "scratch", "scratch", .4));
    trials.addAll(inGroups("mtal", "mtal", "auxiliary", "scratch", .6));
    Comparisons.Row row = Comparisons.of(ofGroups(trials)).get(0).rows().get(0);

    assertThat(row.against()).isEqualTo("single-task in first, plain in second");
    assertThat(row.cells())
        .extracting(Comparisons.Cell::difference)
        .containsExactly("+0.100", "+0.100", "+0.200", "+0.200", "+0.150");
  }

  private static ReportData ofGroups(List<Trial> trials) {
    List<String> tasks = List.of("amazon", "webcam");
    return Reports.of(List.of(new Group("first", tasks), new Group("second", tasks)), trials, null);
  }

  /** Two repeats in each group, whose starts are given. */
  private static List<Trial> inGroups(
      String label, String method, String first, String second, double accuracy) {
    List<Trial> trials = new ArrayList<>();
    for (int repeat = 1; repeat <= 2; repeat++) {
      for (String group : List.of("first", "second")) {
        Trial trial = Reports.finished(method, repeat, accuracy, accuracy);
        TrialSpec spec =
            new TrialSpec(
                label, method, group, Map.of(), repeat, List.of("unit"), "evaluation", true);
        Conditions conditions =
            new Conditions(
                group.equals("first") ? first : second,
                "",
                "random",
                "200 steps",
                Map.of(),
                "vgg: 8, M");
        trials.add(
            new Trial(spec, conditions, trial.status(), "", trial.evaluated(), trial.curves()));
      }
    }
    return trials;
  }

  @Test
  void anotherFileIsAnotherStart() {
    Conditions imagenet =
        new Conditions("file", "imagenet.npz", "random", "9 epochs", Map.of(), "");
    Conditions places = new Conditions("file", "places.npz", "random", "9 epochs", Map.of(), "");
    Trial single = Reports.started("single-task", imagenet, 1, .5);

    assertThat(Comparisons.of(Reports.of(List.of(single, Reports.started("mtal", places, 1, .5)))))
        .isEmpty();
    assertThat(
            Comparisons.of(Reports.of(List.of(single, Reports.started("mtal", imagenet, 1, .5)))))
        .hasSize(1);
  }

  @Test
  void anotherNetworkIsSaidToBeOne() {
    Conditions blocks =
        new Conditions(
            "auxiliary", "", "random", "9 epochs", Map.of(), "fullyConnected: 8; vgg: 64, M");
    Conditions vgg16 =
        new Conditions(
            "auxiliary", "", "random", "9 epochs", Map.of(), "fullyConnected: 8; name: vgg16");
    List<Trial> trials =
        List.of(
            Reports.started("single-task", blocks, 1, .5), Reports.started("mtal", vgg16, 1, .5));

    assertThat(Comparisons.of(Reports.of(trials)).get(0).unlike())
        .isEqualTo(
            "Not as the baseline had it: backbone {fullyConnected: 8; name: vgg16}, not"
                + " {fullyConnected: 8; vgg: 64, M} (mtal auxiliary).");
  }

  @Test
  void whatDiffersBesideTheMethodStandsBelowTheTable() throws IOException {
    ReportData data =
        Reports.of(
            List.of(
                under("single-task", "random", "200 steps"),
                under("multi-task", "random", "200 steps"),
                under("mtal", "labelMap", "200 steps"),
                under("damtl", "labelMap", "14 epochs"),
                under("mtda", "", "")));
    Comparisons.Against table = Comparisons.of(data).get(0);

    assertThat(table.unlike())
        .isEqualTo(
            "Not as the baseline had it: headStart labelMap, not random (mtal auxiliary, damtl"
                + " auxiliary); 14 epochs, not 200 steps (damtl auxiliary).");
    assertThat(MarkdownReport.of(data))
        .contains("\n\nNot as the baseline had it: headStart labelMap, not random ");
    assertThat(LatexReport.of(data)).contains(table.unlike());
    assertThat(Report.html(data)).contains(">" + table.unlike() + "</p>");
  }

  @Test
  void ofTwoBaselinesTheOneIsTakenThatIsTrainedAlike() {
    Trial slow = trained("slow", "single-task", Map.of("learningRate", "0.01", "dropout", "0.3"));
    Trial fast = trained("fast", "single-task", Map.of("learningRate", "0.02", "dropout", "0.3"));
    Trial mtal = trained("mtal", "mtal", Map.of("learningRate", "0.02", "dropout", "0.5"));
    Comparisons.Against table = Comparisons.of(Reports.of(List.of(slow, fast, mtal))).get(0);

    assertThat(table.rows()).extracting(Comparisons.Row::against).containsExactly("fast");
    assertThat(table.unlike())
        .isEqualTo("Not as the baseline had it: dropout 0.5, not 0.3 (mtal).");
  }

  private static Trial trained(String label, String method, Map<String, String> training) {
    Trial trial = Reports.finished(method, 1, .5, .5);
    return new Trial(
        new TrialSpec(label, method, "office", Map.of(), 1, List.of("u"), "e", true),
        new Conditions("auxiliary", "", "random", "200 steps", training, ""),
        trial.status(),
        "",
        trial.evaluated(),
        trial.curves());
  }

  @Test
  void nothingStandsBelowATableOfLikeMethods() {
    List<Trial> trials =
        List.of(under("single-task", "random", "9 epochs"), under("mtal", "random", "9 epochs"));

    assertThat(Comparisons.of(Reports.of(trials)).get(0).unlike()).isEmpty();
  }

  @Test
  void ofTwoBaselinesTheOneIsTakenWhoseHeadsStartAlike() {
    Trial random = under("single-task", "random", "9 epochs");
    Trial mapped =
        new Trial(
            new TrialSpec("mapped", "single-task", "office", Map.of(), 1, List.of("u"), "e", true),
            new Conditions("auxiliary", "", "labelMap", "9 epochs", Map.of(), ""),
            random.status(),
            "",
            random.evaluated(),
            random.curves());
    Comparisons.Against table =
        Comparisons.of(Reports.of(List.of(random, mapped, under("damtl", "labelMap", "9 epochs"))))
            .get(0);

    assertThat(table.rows().get(0).against()).isEqualTo("mapped");
    assertThat(table.unlike()).isEmpty();
  }

  private static Trial under(String method, String headStart, String length) {
    return Reports.started(
        method, new Conditions("auxiliary", "", headStart, length, Map.of(), ""), 1, .5);
  }

  /** Another start's rows are other questions, and leave these p values as they are. */
  @Test
  void correctsOverTheMethodsOfOneBaseline() {
    List<Trial> ofOneStart = new ArrayList<>();
    List<Trial> ofBoth = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      for (String start : List.of("auxiliary", "scratch")) {
        List<Trial> trials =
            List.of(
                Reports.started("single-task", start, i + 1, .5),
                Reports.started("mtal", start, i + 1, .5 + DIFFERENCES.get(i)),
                Reports.started("damtl", start, i + 1, .5 + DIFFERENCES.get(4 - i)));
        ofBoth.addAll(trials);
        if (start.equals("auxiliary")) {
          ofOneStart.addAll(trials);
        }
      }
    }
    assertThat(cells(ofBoth).subList(0, 2)).isEqualTo(cells(ofOneStart));
    assertThat(cells(ofOneStart)).containsExactly("+0.030 (p = .150)", "+0.030 (p = .150)");
  }

  private static List<String> cells(List<Trial> trials) {
    return Comparisons.of(Reports.of(trials)).get(0).rows().stream()
        .sorted(Comparator.comparing(row -> row.variant().name().endsWith("scratch")))
        .map(row -> row.cells().get(0).text())
        .toList();
  }

  @Test
  void aSweptMethodIsComparedWithABaselineThatIsNotSwept() {
    List<Comparisons.Against> tables =
        Comparisons.of(
            Reports.of(
                List.of(
                    Reports.finished("single-task", 1, .5, .5),
                    Reports.finished("mtal", 1, Map.of("methods.mtal.threshold", .4), .6, .6))));

    assertThat(tables.get(0).rows().get(0).against()).isEqualTo("single-task");
  }

  /** As above; with 1/5 + 1 in place of 1/5 + 3/7 t = √3, whose p is .1583. */
  @Test
  void eachPointOfASweepHasItsOwnSplitsSizes() {
    List<Trial> trials = new ArrayList<>();
    for (double test : new double[] {.3, .5}) {
      for (int i = 0; i < 5; i++) {
        Map<String, Object> point = Map.of("split.test", test);
        double better = .5 + DIFFERENCES.get(i);
        trials.add(Reports.finished("single-task", i + 1, point, .5, .5));
        trials.add(Reports.finished("mtal", i + 1, point, better, better));
      }
    }
    ReportData data =
        Reports.withSides(
            trials,
            Map.of(
                Map.of("split.test", .3), Reports.sides(70, 30),
                Map.of("split.test", .5), Reports.sides(50, 50)));

    assertThat(Comparisons.of(data).get(0).rows())
        .extracting(row -> row.cells().get(0).text())
        .containsExactly("+0.030 (p = .075)", "+0.030 (p = .158)");
  }

  @Test
  void saysWhatTheRepeatsCanShow() {
    // Differences on amazon as above, on webcam twice them: smallest 3.480 and 6.961 points; the
    // means' deviation is 1.5 times amazon's, and so is their smallest, 5.221, the median of three.
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      double difference = DIFFERENCES.get(i);
      trials.add(Reports.finished("single-task", i + 1, .5, .5));
      trials.add(Reports.finished("mtal", i + 1, .5 + difference, .5 + 2 * difference));
    }
    ReportData data = Reports.of(trials);

    assertThat(SmallestDifference.remark(Comparisons.of(data)))
        .isEqualTo(
            "With 5 repeats a difference has p < .05, before Holm's correction, from about 5.2"
                + " points (3.5 to 7.0, by test) on a single task, and from about 5.2 points on the"
                + " mean of tasks.");
    assertThat(MarkdownReport.of(data))
        .contains(
            "| mtal | single-task | +0.030 (p = .075) | +0.060 (p = .075) | +0.045 (p = .075) |\n");
    assertThat(LatexReport.of(data)).contains("mtal & single-task & +0.030 (p = .075) & ");
    assertThat(CsvReport.tests(data))
        .contains("\r\noffice,amazon,mtal,single-task,5,0.0300000000000000", ",0.07490929251858");
  }

  /** Amazon differs as above; webcam's differences do not deviate and tell nothing of this. */
  @Test
  void whatDoesNotDeviateDoesNotSayWhatRepeatsCanShow() {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      trials.add(Reports.finished("single-task", i + 1, .5, .5));
      trials.add(Reports.finished("same", i + 1, .5, .5));
      trials.add(Reports.finished("mtal", i + 1, .5 + DIFFERENCES.get(i), .5));
    }

    assertThat(SmallestDifference.remark(Comparisons.of(Reports.of(trials))))
        .as("amazon's 3.480 and the means' 1.740, with none of those that are 0")
        .isEqualTo(
            "With 5 repeats a difference has p < .05, before Holm's correction, from about 3.5"
                + " points on a single task, and from about 1.7 points on the mean of tasks.");
    assertThat(SmallestDifference.remark(Comparisons.of(Reports.of(trials.subList(0, 2)))))
        .isEqualTo("With fewer than two repeats that both finished, nothing can be tested.");
    trials.removeIf(trial -> trial.spec().method().equals("mtal"));
    assertThat(SmallestDifference.remark(Comparisons.of(Reports.of(trials))))
        .startsWith(
            "How small a difference these repeats can show is unknown: the differences do not vary");
  }

  /** MTAL's five differences as above; two of DAMTL, far apart, would show less. */
  @Test
  void whatRepeatsCanShowIsOfThoseThatHaveAll() {
    List<Trial> trials = differing(1);
    trials.add(Reports.finished("damtl", 1, .2, .2));
    trials.add(Reports.finished("damtl", 2, .9, .9));

    assertThat(SmallestDifference.remark(Comparisons.of(Reports.of(trials))))
        .startsWith(
            "With 5 repeats a difference has p < .05, before Holm's correction, from about 3.5"
                + " points");
  }

  @Test
  void saysThatOneRepeatTestsNothing() {
    List<Comparisons.Against> tables =
        Comparisons.of(
            Reports.of(
                List.of(
                    Reports.finished("single-task", 1, .5, .5),
                    Reports.finished("mtal", 1, .6, .6))));

    assertThat(SmallestDifference.remark(tables))
        .isEqualTo("With fewer than two repeats that both finished, nothing can be tested.");
    assertThat(tables.get(0).rows().get(0).cells().get(0).text()).isEqualTo("+0.100");
  }

  private static List<Trial> repeats(String method, String start, double accuracy) {
    return List.of(
        Reports.started(method, start, 1, accuracy), Reports.started(method, start, 2, accuracy));
  }
}
