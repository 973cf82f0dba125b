package dev.twofold.pipelines.report;

import dev.twofold.pipelines.paper.PublishedScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables for a document that uses booktabs, and graphicx to fit them to its lines. */
final class LatexReport {

  private final StringBuilder text = new StringBuilder();

  private LatexReport() {}

  static String of(ReportData data) {
    LatexReport report = new LatexReport();
    report.text.append("% \\usepackage{booktabs,graphicx}\n");
    String name = Latex.escape(data.experiment());
    report.scores("Accuracy of " + name, PaperTable.accuracy(data));
    report.scores("Macro F1 of " + name, PaperTable.macroF1(data));
    report.tests(data);
    ShareTable.of(data).forEach(report::shares);
    report.tasks(data);
    return report.text.toString();
  }

  private void scores(String title, PaperTable table) {
    begin(
        title
            + ": mean $\\pm$ sample standard deviation over repeats; \\textbf{best},"
            + " \\underline{second best} of each column.",
        "lr" + "r".repeat(table.heads().size()));
    groups(table);
    line(
        Stream.concat(Stream.of("method", "repeats"), table.heads().stream().map(LatexReport::head))
            .toList());
    text.append("\\midrule\n");
    table.rows().forEach(this::scores);
    end(table.footnotes());
  }

  private void groups(PaperTable table) {
    List<String> cells = new ArrayList<>(List.of("", ""));
    StringBuilder rules = new StringBuilder();
    int column = 3;
    for (Map.Entry<String, List<PaperTable.Head>> group : table.byGroup().entrySet()) {
      int width = group.getValue().size();
      cells.add("\\multicolumn{%d}{c}{%s}".formatted(width, Latex.escape(group.getKey())));
      if (!group.getKey().isEmpty()) {
        rules.append("\\cmidrule(lr){%d-%d}".formatted(column, column + width - 1));
      }
      column += width;
    }
    line(cells);
    text.append(rules).append('\n');
  }

  private static String head(PaperTable.Head head) {
    return Latex.escape(head.title()) + superscript(head.mark());
  }

  private static String superscript(String mark) {
    return mark.isEmpty() ? "" : "\\textsuperscript{" + mark + "}";
  }

  private void scores(PaperTable.Row row) {
    List<String> cells = new ArrayList<>();
    cells.add(Latex.escape(row.variant().name()));
    cells.add(Latex.escape(row.repeats()));
    row.cells().forEach(cell -> cells.add(mark(Latex.escape(cell.ours().text()), cell.rank())));
    line(cells);
    if (row.isPublished()) {
      below(
          "published",
          row.cells().stream()
              .map(cell -> cell.published().map(PublishedScore::text).orElse(""))
              .toList());
      below("difference", row.cells().stream().map(PaperTable.Cell::difference).toList());
    }
  }

  private void below(String name, List<String> cells) {
    line(
        Stream.concat(Stream.of("\\quad " + name, ""), cells.stream().map(Latex::escape)).toList());
  }

  private static String mark(String score, Rank rank) {
    return switch (rank) {
      case BEST -> "\\textbf{" + score + "}";
      case SECOND -> "\\underline{" + score + "}";
      case OTHER -> score;
    };
  }

  private void tests(ReportData data) {
    List<Comparisons.Against> tables = Comparisons.of(data);
    for (Comparisons.Against table : tables) {
      begin(
          "%s. %s %s"
              .formatted(
                  table.title(),
                  Latex.escape(Comparisons.method(data)),
                  Latex.escape(Comparisons.remark(tables))),
          "ll" + "r".repeat(table.columns().size()));
      List<String> heads = new ArrayList<>(List.of("method", "against"));
      table.columns().forEach(column -> heads.add(Latex.escape(column.fullTitle())));
      line(heads);
      text.append("\\midrule\n");
      table.rows().forEach(this::test);
      end(
          table.unlike().isEmpty()
              ? List.of()
              : List.of(new PaperTable.Footnote("", table.unlike())));
    }
  }

  private void test(Comparisons.Row row) {
    List<String> cells = new ArrayList<>();
    cells.add(Latex.escape(row.variant().name()));
    cells.add(Latex.escape(row.against()));
    row.cells()
        .forEach(
            cell ->
                cells.add(
                    mark(
                        Latex.escape(cell.text()), cell.isSignificant() ? Rank.BEST : Rank.OTHER)));
    line(cells);
  }

  private void shares(ShareTable table) {
    ShareTable.Print print = table.print();
    begin(
        Latex.escape("%s of %s by layer".formatted(table.family(), table.group()))
            + ": mean $\\pm$ sample standard deviation over repeats.",
        "l" + "r".repeat(print.heads().size() - 1));
    line(print.heads().stream().map(Latex::escape).toList());
    text.append("\\midrule\n");
    print.rows().forEach(row -> line(row.stream().map(Latex::escape).toList()));
    end(List.of());
  }

  private void tasks(ReportData data) {
    begin("Data of %s.".formatted(Latex.escape(data.experiment())), "llllrrrr");
    line(DataTable.HEADS);
    text.append("\\midrule\n");
    DataTable.rows(data).forEach(row -> line(row.stream().map(Latex::escape).toList()));
    end(List.of());
  }

  private void begin(String caption, String columns) {
    text.append("\n\\begin{table}\n\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}\n");
    text.append("\\caption{").append(caption).append("}\n");
    text.append("\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n");
    text.append("\\begin{tabular}{").append(columns).append("}\n\\toprule\n");
  }

  private void line(List<String> cells) {
    text.append(cells.stream().collect(Collectors.joining(" & ", "", " \\\\\n")));
  }

  private void end(List<PaperTable.Footnote> footnotes) {
    text.append("\\bottomrule\n\\end{tabular}}\n");
    for (PaperTable.Footnote note : footnotes) {
      text.append("\n\\par\\smallskip\\raggedright ")
          .append(superscript(note.mark()))
          .append(Latex.escape(note.text()))
          .append('\n');
    }
    text.append("\\end{table}\n");
  }
}
