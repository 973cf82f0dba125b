package dev.twofold.pipelines.report;

import dev.twofold.pipelines.paper.PublishedScore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables for a document that uses booktabs, and graphicx to fit them to its lines: a float a
 * group, or several ({@link LatexTable}).
 */
final class LatexReport {

  /**
   * LaTeX keeps 52 floats that have no page yet, and takes each that comes without text for two
   * calls of its output routine in vain, of which it allows a hundred.
   */
  private static final String PREAMBLE =
      """
      % \\usepackage{booktabs,graphicx}
      % \\extrafloats{100}\\maxdeadcycles=1000 where a document has more than some forty tables
      % without text between
      """;

  private static final String SPREAD = "mean $\\pm$ sample standard deviation over repeats";
  private static final String RANKED =
      SPREAD + "; \\textbf{best}, \\underline{second best} of each column";
  private static final String MEAN_OF_GROUPS = "mean of groups";

  private final ReportData data;
  private final String experiment;
  private final StringBuilder text = new StringBuilder(PREAMBLE);
  private final Set<String> labels = new HashSet<>();

  private LatexReport(ReportData data) {
    this.data = data;
    this.experiment = Latex.escape(data.experiment());
  }

  static String of(ReportData data) {
    LatexReport report = new LatexReport(data);
    report.scores("Accuracy", PaperTable.accuracy(data));
    report.scores("Macro F1", PaperTable.macroF1(data));
    report.tests();
    ShareTable.of(data).forEach(report::shares);
    report.times();
    report.tasks();
    return report.text.toString();
  }

  private void scores(String score, PaperTable table) {
    table
        .byGroup()
        .forEach(
            (group, heads) -> {
              List<Integer> columns = heads.stream().map(table.heads()::indexOf).toList();
              add(
                  new LatexTable(
                      "%s of %s, %s".formatted(score, experiment, title(group)),
                      RANKED,
                      label(score, labelOf(group)),
                      "lr",
                      heads(List.of("method", "repeats"), heads.stream().map(LatexReport::head)),
                      table.rows().stream().map(row -> scores(row, columns)).toList(),
                      group.isEmpty() ? List.of() : notes(table)));
            });
  }

  /** A group as captions name it; the mean of the groups is a group without a name. */
  private static String title(String group) {
    return group.isEmpty() ? MEAN_OF_GROUPS : "group " + Latex.escape(group);
  }

  /** A group as labels name it, where there are several. */
  private String labelOf(String group) {
    String name = group.isEmpty() ? MEAN_OF_GROUPS : group;
    return data.groups().size() == 1 ? "" : name;
  }

  private static List<String> heads(List<String> first, Stream<String> others) {
    return Stream.concat(first.stream(), others).toList();
  }

  private static String head(PaperTable.Head head) {
    return Latex.escape(head.title()) + Latex.superscript(head.mark());
  }

  private static List<LatexTable.Note> notes(PaperTable table) {
    return table.footnotes().stream()
        .map(note -> new LatexTable.Note(note.mark(), Latex.escape(note.text())))
        .toList();
  }

  private static LatexTable.Row scores(PaperTable.Row row, List<Integer> columns) {
    List<PaperTable.Cell> cells = columns.stream().map(row.cells()::get).toList();
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        heads(
            List.of(Latex.escape(row.variant().name()), Latex.escape(row.repeats())),
            cells.stream().map(cell -> mark(cell.ours().text(), cell.rank()))));
    if (row.isPublished()) {
      lines.add(
          below(
              "published",
              cells.stream().map(cell -> cell.published().map(PublishedScore::text).orElse(""))));
      lines.add(below("difference", cells.stream().map(PaperTable.Cell::difference)));
    }
    return new LatexTable.Row(lines);
  }

  private static List<String> below(String name, Stream<String> cells) {
    return heads(List.of("\\quad " + name, ""), cells.map(Latex::number));
  }

  private static String mark(String score, Rank rank) {
    String number = Latex.number(score);
    return switch (rank) {
      case BEST -> "\\textbf{" + number + "}";
      case SECOND -> "\\underline{\\smash{" + number + "}}";
      case OTHER -> number;
    };
  }

  /** How it is tested stands below the first table, to which the others refer. */
  private void tests() {
    List<Comparisons.Against> tables = Comparisons.of(data);
    String method =
        Latex.escape(Comparisons.method(data))
            + " "
            + Latex.escape(SmallestDifference.remark(tables));
    String first = "";
    for (Comparisons.Against table : tables) {
      String unlike = Latex.escape(table.unlike());
      for (Map.Entry<String, List<Column>> group : byGroup(table.columns()).entrySet()) {
        String label = label("tests " + table.baseline(), labelOf(group.getKey()));
        String how = first.isEmpty() ? method : "Tested as in Table~\\ref{%s}.".formatted(first);
        first = first.isEmpty() ? label : first;
        tests(table, group.getKey(), group.getValue(), label, (how + " " + unlike).strip());
        unlike = "";
      }
    }
  }

  private static Map<String, List<Column>> byGroup(List<Column> columns) {
    return columns.stream()
        .collect(Collectors.groupingBy(Column::group, LinkedHashMap::new, Collectors.toList()));
  }

  private void tests(
      Comparisons.Against table, String group, List<Column> columns, String label, String note) {
    add(
        new LatexTable(
            "Accuracy of %s against %s from the same start, %s"
                .formatted(experiment, Latex.escape(table.baseline()), title(group)),
            "mean difference, and $p$ of a paired test",
            label,
            "ll",
            heads(
                List.of("method", "against"),
                columns.stream().map(column -> Latex.escape(column.title()))),
            table.rows().stream().map(row -> test(table, row, columns)).toList(),
            List.of(new LatexTable.Note("", note))));
  }

  private static LatexTable.Row test(
      Comparisons.Against table, Comparisons.Row row, List<Column> columns) {
    return LatexTable.Row.of(
        heads(
            List.of(Latex.escape(row.variant().name()), Latex.escape(row.against(columns.get(0)))),
            columns.stream()
                .map(column -> row.cells().get(table.columns().indexOf(column)))
                .map(cell -> mark(cell.text(), cell.isSignificant() ? Rank.BEST : Rank.OTHER))));
  }

  private void shares(ShareTable table) {
    ShareTable.Print print = table.print();
    String meaning = Latex.escape(table.meaning());
    add(
        new LatexTable(
            "%s in %s, %s, by layer"
                .formatted(Latex.escape(table.title()), experiment, title(table.group())),
            meaning.isEmpty() ? SPREAD : meaning + "; " + SPREAD,
            label(table.family(), labelOf(table.group())),
            "l",
            print.heads().stream().map(Latex::escape).toList(),
            print.rows().stream().map(LatexReport::share).toList(),
            List.of()));
  }

  private static LatexTable.Row share(List<String> cells) {
    return LatexTable.Row.of(
        heads(
            List.of(Latex.escape(cells.get(0))),
            cells.subList(1, cells.size()).stream().map(Latex::number)));
  }

  private void times() {
    TimeTable table = TimeTable.of(data);
    if (!table.rows().isEmpty()) {
      plain(
          "Training time of " + experiment,
          TimeTable.UNIT,
          "time",
          "llrrr",
          TimeTable.HEADS,
          table.rows().stream().map(TimeTable.Row::texts).toList(),
          TimeTable.REMARK);
    }
  }

  private void tasks() {
    List<String> heads = DataTable.heads(data);
    int texts = DataTable.texts(data);
    plain(
        "Data of " + experiment,
        "",
        "data",
        "l".repeat(texts) + "r".repeat(heads.size() - texts),
        heads,
        DataTable.rows(data),
        DataTable.remark(data));
  }

  /** A table of texts, all of whose columns belong together. */
  private void plain(
      String name,
      String remark,
      String label,
      String spec,
      List<String> heads,
      List<List<String>> rows,
      String note) {
    add(
        new LatexTable(
            name,
            remark,
            label(label, ""),
            spec,
            heads.stream().map(Latex::escape).toList(),
            rows.stream()
                .map(row -> LatexTable.Row.of(row.stream().map(Latex::escape).toList()))
                .toList(),
            List.of(new LatexTable.Note("", Latex.escape(note)))));
  }

  private void add(LatexTable table) {
    text.append(table.text());
  }

  /** {@code tab:office31-accuracy-po-1}, with a number behind it where there is one already. */
  private String label(String what, String group) {
    String label =
        Stream.of(data.experiment(), what.toLowerCase(Locale.ROOT), group)
            .map(Latex::label)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("-", "tab:", ""));
    String unique = label;
    for (int number = 2; !labels.add(unique); number++) {
      unique = label + "." + number;
    }
    return unique;
  }
}
