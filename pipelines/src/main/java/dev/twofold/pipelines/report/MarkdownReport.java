package dev.twofold.pipelines.report;

import dev.twofold.pipelines.paper.PublishedScore;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The tables as Markdown, for a README or an issue. */
final class MarkdownReport {

  private static final Pattern MARKUP = Pattern.compile("[\\\\`*_{}\\[\\]()#+!|~$]");
  private static final Pattern BREAKS = Pattern.compile("[\\r\\n\\t]+");

  private MarkdownReport() {}

  static String of(ReportData data) {
    StringBuilder text = new StringBuilder("# " + escape(data.experiment()) + "\n\n");
    text.append(
        "Mean ± sample standard deviation over repeats; **best**, <ins>second best</ins>.\n");
    scores(text, "Accuracy", PaperTable.accuracy(data));
    scores(text, "Macro F1", PaperTable.macroF1(data));
    tests(text, data);
    shares(text, ShareTable.of(data));
    times(text, TimeTable.of(data));
    tasks(text, data);
    List<String> remarks = new ArrayList<>(data.notes());
    data.trials().stream()
        .filter(trial -> trial.status() != Status.FINISHED)
        .forEach(trial -> remarks.add(unfinished(trial)));
    if (!remarks.isEmpty()) {
      text.append("\n## Notes\n\n");
      remarks.forEach(remark -> text.append("- ").append(escape(remark)).append('\n'));
    }
    return text.toString();
  }

  private static void scores(StringBuilder text, String title, PaperTable table) {
    text.append("\n## ").append(title).append("\n\n");
    List<String> heads = new ArrayList<>(List.of("method", "repeats"));
    table.heads().forEach(head -> heads.add(escape(head.fullTitle()) + superscript(head.mark())));
    line(text, heads);
    line(text, heads.stream().map(head -> head.equals("method") ? "---" : "---:").toList());
    table.rows().forEach(row -> scores(text, row));
    if (!table.footnotes().isEmpty()) {
      text.append('\n');
      table.footnotes().forEach(note -> text.append("- ").append(footnote(note)).append('\n'));
    }
  }

  private static String superscript(String mark) {
    return mark.isEmpty() ? "" : "<sup>" + mark + "</sup>";
  }

  private static String footnote(PaperTable.Footnote note) {
    String mark = superscript(note.mark());
    return (mark.isEmpty() ? "" : mark + " ") + escape(note.text());
  }

  private static void scores(StringBuilder text, PaperTable.Row row) {
    List<String> cells = new ArrayList<>(List.of(escape(row.variant().name()), row.repeats()));
    row.cells().forEach(cell -> cells.add(mark(cell.ours().text(), cell.rank())));
    line(text, cells);
    if (row.isPublished()) {
      below(text, "published", row, cell -> cell.published().map(PublishedScore::text).orElse(""));
      below(text, "difference", row, PaperTable.Cell::difference);
    }
  }

  private static void below(
      StringBuilder text, String name, PaperTable.Row row, Function<PaperTable.Cell, String> word) {
    List<String> cells = new ArrayList<>(List.of("· " + name, ""));
    row.cells().forEach(cell -> cells.add(word.apply(cell)));
    line(text, cells);
  }

  private static void tests(StringBuilder text, ReportData data) {
    List<Comparisons.Against> tables = Comparisons.of(data);
    if (tables.isEmpty()) {
      return;
    }
    text.append("\n## Paired tests\n\n").append(escape(Comparisons.method(data))).append('\n');
    text.append('\n').append(escape(SmallestDifference.remark(tables))).append('\n');
    for (Comparisons.Against table : tables) {
      text.append("\n### ").append(escape(table.title())).append("\n\n");
      List<String> heads = new ArrayList<>(List.of("method", "against"));
      table.columns().forEach(column -> heads.add(escape(column.fullTitle())));
      line(text, heads);
      line(text, heads.stream().map(head -> head.equals("method") ? "---" : "---:").toList());
      table.rows().forEach(row -> test(text, row));
      if (!table.unlike().isEmpty()) {
        text.append('\n').append(escape(table.unlike())).append('\n');
      }
    }
  }

  private static void test(StringBuilder text, Comparisons.Row row) {
    List<String> cells = new ArrayList<>();
    cells.add(escape(row.variant().name()));
    cells.add(escape(row.against()));
    row.cells()
        .forEach(
            cell -> {
              String words = cell.text().replace("<", "&lt;");
              cells.add(cell.isSignificant() ? "**" + words + "**" : words);
            });
    line(text, cells);
  }

  private static void shares(StringBuilder text, List<ShareTable> tables) {
    if (!tables.isEmpty()) {
      text.append("\n## Sharing and masks\n\nLast values, averaged over repeats, by layer.\n");
    }
    for (ShareTable table : tables) {
      text.append("\n### ").append(escape(table.group() + " · " + table.family())).append("\n\n");
      ShareTable.Print print = table.print();
      line(text, print.heads().stream().map(MarkdownReport::escape).toList());
      line(
          text,
          IntStream.range(0, print.heads().size()).mapToObj(c -> c == 0 ? "---" : "---:").toList());
      print.rows().forEach(row -> line(text, row.stream().map(MarkdownReport::escape).toList()));
    }
  }

  private static void times(StringBuilder text, TimeTable table) {
    if (table.rows().isEmpty()) {
      return;
    }
    text.append("\n## Training time, ").append(TimeTable.UNIT).append("\n\n");
    line(text, TimeTable.HEADS);
    line(text, List.of("---", "---", "---:", "---:", "---:"));
    table
        .rows()
        .forEach(row -> line(text, row.texts().stream().map(MarkdownReport::escape).toList()));
    text.append('\n').append(escape(TimeTable.REMARK)).append('\n');
  }

  private static void tasks(StringBuilder text, ReportData data) {
    text.append("\n## Data\n\n");
    List<String> heads = DataTable.heads(data);
    line(text, heads);
    line(text, heads.stream().map(head -> "---").toList());
    DataTable.rows(data)
        .forEach(row -> line(text, row.stream().map(MarkdownReport::escape).toList()));
    text.append('\n').append(escape(DataTable.remark(data))).append('\n');
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  private static String mark(String score, Rank rank) {
    return switch (rank) {
      case BEST -> "**" + score + "**";
      case SECOND -> "<ins>" + score + "</ins>";
      case OTHER -> score;
    };
  }

  private static String unfinished(Trial trial) {
    return "%s · %s · repeat %d: %s. %s"
        .formatted(
            trial.spec().group(),
            Variant.of(trial.spec()).name(),
            trial.spec().repeat(),
            trial.status().name().toLowerCase(java.util.Locale.ROOT),
            trial.reason());
  }

  /** Names are data: they neither mark up, nor open a tag, nor end a cell or a line. */
  static String escape(String text) {
    String oneLine = BREAKS.matcher(text).replaceAll(" ");
    String tagless = oneLine.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return MARKUP.matcher(tagless).replaceAll("\\\\$0");
  }
}
