package dev.twofold.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table for LaTeX, in as many floats as it needs for its type to stay readable: columns that no
 * line holds are set in several tabulars, and so are rows that no page holds.
 *
 * @param name of the table in a list of tables, with which its caption begins
 * @param remark what the caption says beyond; may be empty
 * @param label by which a text refers to it; later tabulars have a number behind it
 * @param spec of the columns with which each tabular begins
 * @param heads of these columns and of all others, which are numbers
 * @param notes below each tabular that has their mark; without a mark below the first one
 */
record LatexTable(
    String name,
    String remark,
    String label,
    String spec,
    List<String> heads,
    List<Row> rows,
    List<Note> notes) {

  /** In type of 8 points some 500: scaled by a third at most, where a text is 345 points wide. */
  private static final int MOST_CHARACTERS = 130;

  private static final int MOST_NUMBERS = 8;
  private static final int MOST_LINES = 45;
  private static final int GAP = 2; // characters between columns

  private static final String FITTED =
      "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n";

  /**
   * What a page does not break.
   *
   * @param lines of all columns' cells; those after the first belong to it, and are left out where
   *     a tabular has none of their numbers
   */
  record Row(List<List<String>> lines) {

    static Row of(List<String> cells) {
      return new Row(List.of(cells));
    }
  }

  /**
   * A remark below a tabular.
   *
   * @param mark at the end of a head; empty where it speaks of the whole table
   */
  record Note(String mark, String text) {}

  /** All floats. */
  String text() {
    StringBuilder text = new StringBuilder();
    int part = 0;
    for (List<Integer> columns : columns()) {
      for (List<List<String>> page : pages(columns)) {
        part++;
        begin(text, part, columns.size());
        line(text, heads, columns);
        text.append("\\midrule\n");
        page.forEach(line -> line(text, line, columns));
        end(text, part, columns);
      }
    }
    return text.toString();
  }

  private void begin(StringBuilder text, int part, int numbers) {
    String title = part == 1 ? name : name + " (continued)";
    String beyond = part > 1 || remark.isEmpty() ? "" : ": " + remark;
    text.append(
        "\n\\begin{table*}\n\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}"
            + "\\setlength{\\belowcaptionskip}{4pt}\n");
    text.append("\\caption[").append(title).append("]{").append(title).append(beyond);
    text.append(".}\n\\label{").append(label(part)).append("}\n");
    text.append(FITTED).append("\\begin{tabular}{").append(spec).append("r".repeat(numbers));
    text.append("}\n\\toprule\n");
  }

  /** No name has a colon in its part of a label. */
  private String label(int part) {
    return part == 1 ? label : label + ":" + part;
  }

  private void line(StringBuilder text, List<String> cells, List<Integer> columns) {
    text.append(
        Stream.concat(cells.subList(0, spec.length()).stream(), columns.stream().map(cells::get))
            .collect(Collectors.joining(" & ", "", " \\\\\n")));
  }

  private void end(StringBuilder text, int part, List<Integer> columns) {
    text.append("\\bottomrule\n\\end{tabular}}\n");
    for (Note note : notes) {
      if (note.mark().isEmpty() ? part == 1 : isMarked(columns, note.mark())) {
        text.append("\n\\par\\smallskip\\raggedright ")
            .append(Latex.superscript(note.mark()))
            .append(note.text())
            .append('\n');
      }
    }
    text.append("\\end{table*}\n");
  }

  private boolean isMarked(List<Integer> columns, String mark) {
    return columns.stream().anyMatch(column -> heads.get(column).endsWith(Latex.superscript(mark)));
  }

  /** The numbers' columns of each tabular, as many in each as in another. */
  private List<List<Integer>> columns() {
    int numbers = heads.size() - spec.length();
    for (int parts = 1; parts < numbers; parts++) {
      List<List<Integer>> columns = columns(numbers, parts);
      if (columns.stream().allMatch(this::fit)) {
        return columns;
      }
    }
    return columns(numbers, Math.max(1, numbers));
  }

  private List<List<Integer>> columns(int numbers, int parts) {
    int first = spec.length();
    return IntStream.range(0, parts)
        .mapToObj(
            part ->
                IntStream.range(part * numbers / parts, (part + 1) * numbers / parts)
                    .mapToObj(number -> first + number)
                    .toList())
        .toList();
  }

  private boolean fit(List<Integer> columns) {
    int width =
        IntStream.concat(
                IntStream.range(0, spec.length()), columns.stream().mapToInt(Integer::intValue))
            .map(column -> width(column) + GAP)
            .sum();
    return columns.size() <= MOST_NUMBERS && width <= MOST_CHARACTERS;
  }

  private int width(int column) {
    return Stream.concat(Stream.of(heads), rows.stream().flatMap(row -> row.lines().stream()))
        .mapToInt(line -> Latex.width(line.get(column)))
        .max()
        .orElseThrow();
  }

  /** The lines of each tabular, about as many in each as in another. */
  private List<List<List<String>>> pages(List<Integer> columns) {
    List<List<List<String>>> blocks = rows.stream().map(row -> lines(row, columns)).toList();
    int lines = blocks.stream().mapToInt(List::size).sum();
    int pages = Math.max(1, (lines + MOST_LINES - 1) / MOST_LINES);
    List<List<List<String>>> cut = new ArrayList<>();
    cut.add(new ArrayList<>());
    int before = 0;
    for (List<List<String>> block : blocks) {
      if (before >= (double) lines * cut.size() / pages) {
        cut.add(new ArrayList<>());
      }
      cut.get(cut.size() - 1).addAll(block);
      before += block.size();
    }
    return cut;
  }

  private static List<List<String>> lines(Row row, List<Integer> columns) {
    Stream<List<String>> below =
        row.lines().stream()
            .skip(1)
            .filter(line -> columns.stream().anyMatch(column -> !line.get(column).isEmpty()));
    return Stream.concat(Stream.of(row.lines().get(0)), below).toList();
  }
}
