package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables as Markdown, for a README or an issue. */
final class MarkdownReport {

  private static final Pattern MARKUP = Pattern.compile("[\\\\`*_{}\\[\\]()#+!|~$]");
  private static final Pattern BREAKS = Pattern.compile("[\\r\\n\\t]+");

  private MarkdownReport() {}

  static String of(ReportData data) {
    Summary summary = Summary.of(data);
    StringBuilder text = new StringBuilder("# " + escape(data.experiment()) + "\n\n");
    text.append("Mean ± sample standard deviation over repeats; **best**, <u>second best</u>.\n");
    score(text, "Accuracy", summary, Summary.Row::accuracy);
    score(text, "Macro F1", summary, Summary.Row::macroF1);
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

  private static void score(
      StringBuilder text,
      String title,
      Summary summary,
      Function<Summary.Row, List<Spread>> score) {
    text.append("\n## ").append(title).append('\n');
    for (Summary.Table table : summary.tables()) {
      text.append("\n### ").append(escape(table.group())).append("\n\n");
      table(text, table, score);
    }
  }

  private static void table(
      StringBuilder text, Summary.Table table, Function<Summary.Row, List<Spread>> score) {
    List<String> heads = new ArrayList<>(List.of("method", "repeats"));
    table.columns().forEach(column -> heads.add(escape(column)));
    line(text, heads);
    line(text, heads.stream().map(head -> head.equals("method") ? "---" : "---:").toList());
    List<List<Rank>> ranks = Rank.columns(table.rows().stream().map(score).toList());
    for (int row = 0; row < table.rows().size(); row++) {
      Summary.Row method = table.rows().get(row);
      List<String> cells = new ArrayList<>(List.of(escape(method.name()), method.repeats()));
      for (int column = 0; column < table.columns().size(); column++) {
        cells.add(mark(score.apply(method).get(column).text(), ranks.get(row).get(column)));
      }
      line(text, cells);
    }
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  private static String mark(String score, Rank rank) {
    return switch (rank) {
      case BEST -> "**" + score + "**";
      case SECOND -> "<u>" + score + "</u>";
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
