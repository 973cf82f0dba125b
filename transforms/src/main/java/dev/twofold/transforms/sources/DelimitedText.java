package dev.twofold.transforms.sources;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Rows of CSV (RFC 4180, with quotes) or TSV (without). */
final class DelimitedText {

  private DelimitedText() {}

  /** By the file's name: tabs for .tsv, else tabs if the first line has one, else commas. */
  static List<List<String>> parse(String fileName, byte[] content) {
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

  private static List<List<String>> parseTabs(String text) {
    return text.lines()
        .filter(line -> !line.isBlank())
        .map(line -> List.of(line.split("\t", -1)))
        .toList();
  }

  private static List<List<String>> parseCommas(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        row.add(take(field));
      } else if (c == '\n' && !quoted) {
        row.add(take(field));
        rows.add(row);
        row = new ArrayList<>();
      } else if (c != '\r' || quoted) {
        field.append(c);
      }
    }
    row.add(take(field));
    rows.add(row);
    rows.removeIf(fields -> fields.size() == 1 && fields.get(0).isBlank());
    return rows;
  }

  private static String take(StringBuilder field) {
    String text = field.toString();
    field.setLength(0);
    return text;
  }
}
