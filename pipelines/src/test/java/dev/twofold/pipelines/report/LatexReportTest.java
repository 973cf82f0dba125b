package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LatexReportTest {

  private static final Pattern TABULAR =
      Pattern.compile("\\\\begin\\{tabular}\\{([lr]+)}\n(.*?)\\\\end\\{tabular}", Pattern.DOTALL);
  private static final Pattern CAPTION = Pattern.compile("\\\\caption\\[(.*)]\\{(.*)}\n");
  private static final Pattern LABEL = Pattern.compile("\\\\label\\{(.*)}");
  private static final Pattern REFERENCE = Pattern.compile("\\\\ref\\{([^}]*)}");

  private static final String EXAMPLE = LatexReport.of(Example.data());

  /** One tabular as it is written. */
  private record Tabular(String spec, List<String> rows) {

    static List<Tabular> of(String latex) {
      return TABULAR.matcher(latex).results().map(Tabular::of).toList();
    }

    private static Tabular of(MatchResult found) {
      return new Tabular(
          found.group(1), found.group(2).lines().filter(line -> line.endsWith(" \\\\")).toList());
    }

    /** Numbers of cells; an escaped ampersand is text. */
    Stream<Integer> cells() {
      return rows.stream().map(row -> row.split("(?<!\\\\)&", -1).length);
    }

    long numbers() {
      return spec.chars().filter(column -> column == 'r').count();
    }
  }

  private static List<String> groups(Pattern pattern, String latex) {
    return pattern.matcher(latex).results().map(found -> found.group(1)).toList();
  }

  @Test
  void everyRowHasAsManyCellsAsItsTabularHasColumns() {
    assertThat(Tabular.of(EXAMPLE))
        .hasSizeGreaterThan(15)
        .allSatisfy(tabular -> assertThat(tabular.cells()).containsOnly(tabular.spec().length()));
  }

  @Test
  void noTabularIsTooWideOrTooTallToBeRead() {
    List<String> tasks =
        Stream.concat(
                Stream.of("amazon", "webcam"), IntStream.range(2, 15).mapToObj(i -> "task" + i))
            .toList();
    List<Trial> trials =
        IntStream.range(0, 80).mapToObj(i -> Reports.finished("m" + i, 1, .5, .5)).toList();
    String large = LatexReport.of(Reports.of(List.of(new Group("office", tasks)), trials, null));

    assertThat(large).contains("(continued)");
    assertThat(Tabular.of(large))
        .allSatisfy(
            tabular -> {
              assertThat(tabular.numbers()).isLessThanOrEqualTo(9);
              assertThat(tabular.rows()).hasSizeLessThan(50);
            });
  }

  @Test
  void needsNoFontsBeyondAscii() {
    assertThat(EXAMPLE.chars()).allMatch(character -> character < 128);
  }

  @Test
  void aGroupHasATabularOfItsOwn() {
    assertThat(groups(CAPTION, EXAMPLE))
        .startsWith(
            "Accuracy of office31, group amazon+webcam",
            "Accuracy of office31, group dslr+product",
            "Accuracy of office31, mean of groups",
            "Macro F1 of office31, group amazon+webcam")
        .contains(
            "Accuracy of office31 against multi-task from the same start, group dslr+product");
    assertThat(EXAMPLE)
        .contains("method & repeats & dslr & product\\textsuperscript{a} & mean of tasks \\\\")
        .contains("method & repeats & mean of groups \\\\")
        .contains("method & against & dslr & product \\\\");
  }

  @Test
  void everyTabularHasALabelOfItsOwn() {
    List<String> labels = groups(LABEL, EXAMPLE);

    assertThat(labels)
        .hasSameSizeAs(Tabular.of(EXAMPLE))
        .doesNotHaveDuplicates()
        .allMatch(label -> label.matches("tab:[A-Za-z0-9-]+(\\.\\d+)?(:\\d+)?"))
        .contains(
            "tab:office31-accuracy-amazon-webcam",
            "tab:office31-accuracy-mean-of-groups",
            "tab:office31-tests-single-task-dslr-product",
            "tab:office31-time",
            "tab:office31-data");
    assertThat(groups(REFERENCE, EXAMPLE)).isNotEmpty().isSubsetOf(labels);
  }

  @Test
  void aSingleGroupIsInNoLabel() {
    assertThat(groups(LABEL, LatexReport.of(Reports.of(List.of(Reports.finished("m", 1, 1, 1))))))
        .startsWith("tab:office31-accuracy", "tab:office31-macro-f1");
  }

  @Test
  void groupsWhoseNamesDifferInSignsAloneHaveTwoLabels() {
    Trial plus = Reports.in("a+b", Reports.finished("mtal", 1, .5, .5));
    Trial minus = Reports.in("a-b", Reports.finished("mtal", 1, .5, .5));
    List<Group> groups =
        Stream.of("a+b", "a-b").map(n -> new Group(n, List.of("amazon", "webcam"))).toList();

    assertThat(groups(LABEL, LatexReport.of(Reports.of(groups, List.of(plus, minus), null))))
        .startsWith("tab:office31-accuracy-a-b", "tab:office31-accuracy-a-b.2")
        .doesNotHaveDuplicates();
  }

  @Test
  void howItIsTestedStandsBelowOneTableAndInNoCaption() {
    String method = "paired t test with the correction for resampled splits (Nadeau and Bengio)";

    assertThat(CAPTION.matcher(EXAMPLE).results().map(caption -> caption.group(2)))
        .allMatch(caption -> caption.length() < 300)
        .noneMatch(caption -> caption.contains("Bengio"));
    assertThat(EXAMPLE).containsOnlyOnce(method);
    assertThat(EXAMPLE.indexOf(method)).isGreaterThan(EXAMPLE.indexOf("against single-task"));
  }

  @Test
  void captionsAreWordsThatNeedNoManual() {
    String latex =
        LatexReport.of(
            sharing(
                Map.of(
                    "sharing_pairs/conv1 amazon to webcam", .25,
                    "sparsity_mask_mean/amazon/conv1", .9)));

    assertThat(groups(CAPTION, latex))
        .contains(
            "Pairs of columns that share kernels in office31, group office, by layer",
            "Statistics of the masks $\\Psi$ in office31, group office, by layer");
    assertThat(latex).doesNotContain("sharing\\_pairs");
  }

  private static ReportData sharing(Map<String, Double> values) {
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    values.forEach((metric, value) -> curves.put(metric, List.of(new Point(1, value))));
    Trial trial = Reports.finished("mtal", 1, .5, .5);
    return Reports.of(List.of(Reports.with(trial, new Curves(curves))));
  }

  @Test
  void negativeNumbersHaveAMinus() {
    assertThat(LatexReport.of(sharing(Map.of("compression/excess/total", -.7481))))
        .contains("network & $-$0.748 \\\\");
    assertThat(Latex.number("-0.748 ± 0.010, conv1-2")).isEqualTo("$-$0.748 $\\pm$ 0.010, conv1-2");
  }

  @Test
  void timesAreATable() {
    assertThat(LatexReport.of(Reports.of(List.of(Reports.finished("mtal", 1, .5, .5)))))
        .contains(
            "\\caption[Training time of office31]{Training time of office31: minutes a trial.}")
        .contains("office & mtal & 1 & 1.50 & 1.50 \\\\")
        .contains("pre-training not included.");
  }

  @Test
  void aBracketEndsNoShortCaption() {
    assertThat(Latex.escape("a[1]")).isEqualTo("a{[}1{]}");
  }

  /** 20 + 2 characters beside 15 a number: at most seven of these in a line of 130. */
  @Test
  void columnsThatNoLineHoldsAreTabularsOfTheirOwn() {
    String latex =
        table(12, List.of(row("m".repeat(20), 12)), new LatexTable.Note("a", "of column 11"))
            .text();

    assertThat(Tabular.of(latex)).extracting(Tabular::spec).containsExactly("lrrrrrr", "lrrrrrr");
    assertThat(groups(CAPTION, latex)).containsExactly("Name", "Name (continued)");
    assertThat(groups(LABEL, latex)).containsExactly("tab:x", "tab:x:2");
    assertThat(latex)
        .contains("{Name: remark.}", "{Name (continued).}")
        .containsOnlyOnce("for all")
        .containsOnlyOnce("\\textsuperscript{a}of column 11");
    assertThat(latex.indexOf("for all")).isLessThan(latex.indexOf("(continued)"));
    assertThat(latex.indexOf("of column 11")).isGreaterThan(latex.indexOf("(continued)"));
  }

  @Test
  void rowsThatNoPageHoldsAreTabularsOfTheirOwn() {
    List<LatexTable.Row> rows =
        IntStream.range(0, 100).mapToObj(number -> row("m" + number, 1)).toList();

    assertThat(Tabular.of(table(1, rows).text()))
        .extracting(tabular -> tabular.rows().size() - 1)
        .as("below the heads")
        .containsExactly(34, 33, 33);
  }

  /** Lines without a number are left out, so that 31 rows have 62; half of them is within a row. */
  @Test
  void whatBelongsToARowStaysWithIt() {
    LatexTable.Row row =
        new LatexTable.Row(
            List.of(List.of("m", "1"), List.of("published", "2"), List.of("difference", "")));

    assertThat(Tabular.of(table(1, Collections.nCopies(31, row)).text()))
        .extracting(tabular -> tabular.rows().subList(1, tabular.rows().size()))
        .containsExactly(rows(16), rows(15));
  }

  private static List<String> rows(int count) {
    return Collections.nCopies(count, List.of("m & 1 \\\\", "published & 2 \\\\")).stream()
        .flatMap(List::stream)
        .toList();
  }

  private static LatexTable table(
      int numbers, List<LatexTable.Row> rows, LatexTable.Note... notes) {
    List<String> heads = new ArrayList<>(List.of("method"));
    for (int number = 1; number <= numbers; number++) {
      heads.add(number + (number == 11 ? "\\textsuperscript{a}" : ""));
    }
    return new LatexTable(
        "Name",
        "remark",
        "tab:x",
        "l",
        heads,
        rows,
        Stream.concat(Stream.of(new LatexTable.Note("", "for all")), Stream.of(notes)).toList());
  }

  private static LatexTable.Row row(String name, int numbers) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (int number = 0; number < numbers; number++) {
      cells.add("\\textbf{0.719 $\\pm$ 0.034}");
    }
    return LatexTable.Row.of(cells);
  }
}
