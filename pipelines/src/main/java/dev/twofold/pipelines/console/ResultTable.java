package dev.twofold.pipelines.console;

import dev.twofold.pipelines.report.Spread;
import dev.twofold.pipelines.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The result table of a run as text of at most 100 columns: the best of a column bears a star. */
public final class ResultTable {

  private static final int WIDTH = 100;

  // With the repeats and one task beside it, a method just fits.
  private static final int LONGEST_METHOD = 60;
  private static final int LONGEST_TASK = 23;

  private ResultTable() {}

  /** Accuracies of every group, mean ± sample standard deviation over repeats. */
  public static String of(Summary summary) {
    StringBuilder text = new StringBuilder();
    for (Summary.Table table : summary.tables()) {
      text.append(Text.printable(table.group())).append('\n');
      List<List<String>> columns = columns(table);
      List<List<String>> fixed = columns.subList(0, 2);
      for (List<List<String>> block : blocks(columns.subList(2, columns.size()), fixed)) {
        box(text, block);
      }
    }
    return text.toString();
  }

  /** Method, repeats, then a column a task; a column's first cell is its head. */
  private static List<List<String>> columns(Summary.Table table) {
    List<List<String>> columns = new ArrayList<>();
    columns.add(column("method", table.rows().stream().map(Summary.Row::name).toList()));
    columns.add(column("repeats", table.rows().stream().map(Summary.Row::repeats).toList()));
    for (int i = 0; i < table.columns().size(); i++) {
      int at = i;
      List<Spread> scores = table.rows().stream().map(row -> row.accuracy().get(at)).toList();
      columns.add(column(table.columns().get(i), starred(scores)));
    }
    return columns;
  }

  private static List<String> column(String head, List<String> cells) {
    List<String> column = new ArrayList<>(List.of(cut(head, LONGEST_TASK)));
    cells.forEach(cell -> column.add(cut(cell, LONGEST_METHOD)));
    return column;
  }

  private static String cut(String text, int length) {
    return Text.cut(Text.printable(text), length);
  }

  /** Means that print alike share the star; a single method has none. */
  private static List<String> starred(List<Spread> scores) {
    double best =
        scores.stream().filter(s -> s.n() > 0).mapToDouble(Spread::mean).max().orElse(Double.NaN);
    String star = new Spread(1, best, Double.NaN).meanText();
    long ranked = scores.stream().filter(s -> s.n() > 0).map(Spread::meanText).distinct().count();
    return scores.stream()
        .map(s -> s.text() + (ranked > 1 && s.meanText().equals(star) ? " *" : "  "))
        .toList();
  }

  /** As many columns beside each other as fit; the rest below, with the methods repeated. */
  private static List<List<List<String>>> blocks(
      List<List<String>> scores, List<List<String>> fixed) {
    List<List<List<String>>> blocks = new ArrayList<>();
    List<List<String>> block = new ArrayList<>(fixed);
    for (List<String> column : scores) {
      if (block.size() > fixed.size() && boxWidth(block) + width(column) + 3 > WIDTH) {
        blocks.add(block);
        block = new ArrayList<>(fixed);
      }
      block.add(column);
    }
    blocks.add(block);
    return blocks;
  }

  private static int width(List<String> column) {
    return column.stream().mapToInt(String::length).max().orElse(0);
  }

  private static int boxWidth(List<List<String>> columns) {
    return 1 + columns.stream().mapToInt(column -> width(column) + 3).sum();
  }

  private static void box(StringBuilder text, List<List<String>> columns) {
    rule(text, columns, "┌", "┬", "┐");
    for (int row = 0; row < columns.get(0).size(); row++) {
      int at = row;
      text.append(
          IntStream.range(0, columns.size())
              .mapToObj(i -> pad(columns.get(i).get(at), width(columns.get(i)), i == 0))
              .collect(Collectors.joining(" │ ", "│ ", " │\n")));
      if (row == 0) {
        rule(text, columns, "├", "┼", "┤");
      }
    }
    rule(text, columns, "└", "┴", "┘");
  }

  private static void rule(
      StringBuilder text, List<List<String>> columns, String left, String cross, String right) {
    text.append(
        columns.stream()
            .map(column -> "─".repeat(width(column) + 2))
            .collect(Collectors.joining(cross, left, right + "\n")));
  }

  private static String pad(String cell, int width, boolean left) {
    String space = " ".repeat(width - cell.length());
    return left ? cell + space : space + cell;
  }
}
