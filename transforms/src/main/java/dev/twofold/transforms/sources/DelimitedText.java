package dev.twofold.transforms.sources;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of CSV (RFC 4180, with quotes) or TSV (without). */
public final class DelimitedText {

  private DelimitedText() {}

  /**
   * One row.
   *
   * @param line on which it begins, from 1
   */
  public record Row(int line, List<String> fields) {}

  /** The fields of each row. */
  static List<List<String>> parse(String fileName, byte[] content) {
    return rows(fileName, content).stream().map(Row::fields).toList();
  }

  /** By the file's name: tabs for .tsv, else tabs if the first line has one, else commas. */
  public static List<Row> rows(String fileName, byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    boolean tabs = fileName.endsWith(".tsv") || firstLine(text).contains("\t");
    return tabs ? parseTabs(text) : parseCommas(text);
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static List<Row> parseTabs(String text) {
    List<String> lines = text.lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> !lines.get(i).isBlank())
        .mapToObj(i -> new Row(i + 1, List.of(lines.get(i).split("\t", -1))))
        .toList();
  }

  private static List<Row> parseCommas(String text) {
    List<Row> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    int line = 1;
    int first = 1;
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line += c == '\n' ? 1 : 0;
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        row.add(take(field));
      } else if (c == '\n' && !quoted) {
        row.add(take(field));
        rows.add(new Row(first, row));
        row = new ArrayList<>();
        first = line;
      } else if (c != '\r' || quoted) {
        field.append(c);
      }
    }
    row.add(take(field));
    rows.add(new Row(first, row));
    rows.removeIf(each -> each.fields().size() == 1 && each.fields().get(0).isBlank());
    return rows;
  }

  private static String take(StringBuilder field) {
    String text = field.toString();
    field.setLength(0);
    return text;
  }
}
