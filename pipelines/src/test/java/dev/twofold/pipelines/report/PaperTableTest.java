package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaperTableTest {

  private static final Group OFFICE = new Group("office", List.of("amazon", "webcam"));
  private static final Group SHOP = new Group("shop", List.of("amazon", "webcam"));

  @Test
  void setsThePublishedNumbersAndTheDifferenceBelowOurs() {
    assertThat(MarkdownReport.of(beside("Webcam (Office-Home)")))
        .contains(
            """
            | method | repeats | office · amazon | office · webcam<sup>a</sup> | office · mean of tasks |
            | --- | ---: | ---: | ---: | ---: |
            | single-task | 1 | <ins>0.700</ins> | <ins>0.630</ins> | <ins>0.665</ins> |
            | · published |  | 0.74 ± 0.036 | 0.63 ± 0.038 |  |
            | · difference |  | −0.040 | 0.000 |  |
            | mtal | 1 | **0.850** | **0.700** | **0.775** |
            | · published |  | 0.81 ± 0.042 | 0.69 ± 0.048 |  |
            | · difference |  | +0.040 | +0.010 |  |

            - <sup>a</sup> Webcam \\(Office-Home\\) → webcam: the published numbers are of other data than ours.
            - Published: arXiv 2201.02305, Table 4 \\(label sets overlap\\); DAMTL\\_Fa from its Table 6. A difference is ours less the published mean; the paper's images, splits and networks are its own.
            - Here: images of 32 × 32 × 3.
            """);
  }

  @Test
  void setsThemInCsvToo() {
    assertThat(CsvReport.table(beside("Webcam (Office-Home)")))
        .contains(
            "office,single-task,amazon,1,0.7,,0.6,,0.74,0.036,-0.040000000000000036,,single-task,")
        .contains(",0.63,0.038,0.0,Webcam (Office-Home) → webcam,single-task,auxiliary\r\n");
  }

  @Test
  void setsThemInLatexToo() {
    assertThat(LatexReport.of(beside("50% of \\phones")))
        .startsWith("% \\usepackage{booktabs,graphicx}\n")
        .contains(
            """
            \\begin{tabular}{lrrrr}
            \\toprule
            method & repeats & amazon & webcam\\textsuperscript{a} & mean of tasks \\\\
            \\midrule
            single-task & 1 & \\underline{\\smash{0.700}} & \\underline{\\smash{0.630}} & \\underline{\\smash{0.665}} \\\\
            \\quad published &  & 0.74 $\\pm$ 0.036 & 0.63 $\\pm$ 0.038 &  \\\\
            \\quad difference &  & $-$0.040 & 0.000 &  \\\\
            mtal & 1 & \\textbf{0.850} & \\textbf{0.700} & \\textbf{0.775} \\\\
            """)
        .contains(
            "\\textsuperscript{a}50\\% of \\textbackslash{}phones $\\to$ webcam: the published"
                + " numbers");
  }

  @Test
  void namesTheColumnThatATaskStandsFor() {
    PaperSettings paper =
        new PaperSettings("DAMTL Table 4", Map.of("office/amazon", "Product"), null, null);

    assertThat(PaperTable.accuracy(Reports.of(List.of(OFFICE), trials(), paper)).heads().get(0))
        .extracting(PaperTable.Head::title)
        .isEqualTo("amazon (Product)");
  }

  @Test
  void saysThatNumbersAreNotAtHand() {
    PaperSettings paper =
        new PaperSettings("MTAL Table 4", Map.of("office/amazon", "Amazon"), null, null);

    assertThat(PaperTable.accuracy(Reports.of(List.of(OFFICE), trials(), paper)).footnotes())
        .extracting(PaperTable.Footnote::text)
        .first()
        .isEqualTo(
            "The numbers of arXiv 2101.12431, Table 4 (unrelated tasks, grouped) are not at hand.");
  }

  /** A figure's numbers are not printed, and its data may still be others than the paper's. */
  @Test
  void saysWhatStandsForThePapersDataWithoutATable() {
    PaperSettings paper =
        new PaperSettings(
            null,
            Map.of("office/amazon", "Amazon", "office/webcam", "Art"),
            null,
            Map.of("office/webcam", "Art (Office-Home)"));
    PaperTable table = PaperTable.accuracy(Reports.of(List.of(OFFICE), trials(), paper));

    assertThat(table.heads().stream().map(PaperTable.Head::title))
        .startsWith("amazon", "webcam (Art)");
    assertThat(table.rows()).noneMatch(PaperTable.Row::isPublished);
    assertThat(table.footnotes())
        .extracting(PaperTable.Footnote::text)
        .containsExactly(
            "Art (Office-Home) → webcam: other data than the paper's.",
            "Here: images of 32 × 32 × 3.");
  }

  /** What makes our numbers and the paper's two things stands in the table itself. */
  @Test
  void saysWhatImagesAndNetworksAreHere() {
    PaperSettings paper = new PaperSettings("DAMTL Table 4", Map.of(), null, null);
    ReportData data =
        Reports.of(
            List.of(OFFICE),
            List.of(
                Reports.started("mtal", with("vgg: [8, M]"), 1, .5),
                Reports.started("damtl", with("name: resnet18"), 1, .5)),
            paper);

    assertThat(PaperTable.accuracy(data).footnotes())
        .last()
        .extracting(PaperTable.Footnote::text)
        .isEqualTo("Here: images of 32 × 32 × 3; networks {vgg: [8, M]}, {name: resnet18}.");
    assertThat(MarkdownReport.of(Example.data()))
        .contains("- Here: images of 32 × 32 × 3; top-1 of the auxiliary network 0.274.\n");
  }

  private static Conditions with(String backbone) {
    return new Conditions("scratch", "", "random", "200 steps", Map.of(), backbone);
  }

  @Test
  void theMeanOfGroupsIsTakenInEachRepeat() {
    // Repeat 1: (.6 + .8)/2 = .7 and (.5 + .7)/2 = .6: .65. Repeat 2: .8 and .7: .75.
    // Repeat 3 is missing in one group, so it has no mean of groups.
    ReportData data =
        Reports.of(
            List.of(OFFICE, SHOP),
            List.of(
                Reports.finished("mtal", 1, .6, .8),
                Reports.finished("mtal", 2, .8, .8),
                Reports.finished("mtal", 3, .9, .9),
                Reports.in("shop", Reports.finished("mtal", 1, .5, .7)),
                Reports.in("shop", Reports.finished("mtal", 2, .6, .8))),
            null);
    PaperTable table = PaperTable.accuracy(data);

    assertThat(table.heads().stream().map(PaperTable.Head::fullTitle))
        .containsExactly(
            "office · amazon",
            "office · webcam",
            "office · mean of tasks",
            "shop · amazon",
            "shop · webcam",
            "shop · mean of tasks",
            "mean of groups");
    assertThat(table.rows().get(0).cells().get(6).ours().text()).isEqualTo("0.700 ± 0.071");
    assertThat(table.rows().get(0).repeats()).isEqualTo("2–3 of 3");
  }

  private static ReportData beside(String original) {
    return Reports.of(
        List.of(OFFICE),
        trials(),
        new PaperSettings(
            "DAMTL Table 4",
            Map.of("office/amazon", "Amazon", "office/webcam", "Webcam"),
            Map.of("single-task", "Single-task", "mtal", "MTAL"),
            Map.of("office/webcam", original)));
  }

  private static List<Trial> trials() {
    return List.of(
        Reports.finished("single-task", 1, .70, .63), Reports.finished("mtal", 1, .85, .70));
  }
}
