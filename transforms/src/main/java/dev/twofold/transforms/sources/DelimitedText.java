package dev.twofold.transforms.sources;

import java.io.IOException;
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

  /**
   * By the file's name: tabs for .tsv, else tabs if the first line has one, else commas.
   *
   * @throws IOException naming the line, where a quote is open at the end or has text behind it
   */
  public static List<Row> rows(String fileName, byte[] content) throws IOException {
    String text = new String(content, StandardCharsets.UTF_8);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    boolean tabs = fileName.endsWith(".tsv") || firstLine(text).contains("\t");
    return tabs ? parseTabs(text) : new Commas(text).parse();
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

  /** A quote opens at the start of a field; elsewhere it is a character, as in {@code 5" disk}. */
  private static final class Commas {
    private final String text;
    private final List<Row> rows = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private List<String> row = new ArrayList<>();
    private int line = 1;
    private int first = 1;
    private int opened;
    private boolean quoted;
    private boolean closed;

    Commas(String text) {
      this.text = text;
    }

    List<Row> parse() throws IOException {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        line += c == '\n' ? 1 : 0;
        if (!quoted) {
          plain(c);
        } else if (text.startsWith("\"\"", i)) {
          field.append('"');
          i++;
        } else {
          quoted(c);
        }
      }
      if (quoted) {
        throw new IOException("line %d: its quote is not closed (close it)".formatted(opened));
      }
      endRow();
      rows.removeIf(each -> each.fields().size() == 1 && each.fields().get(0).isBlank());
      return rows;
    }

    private void plain(char c) throws IOException {
      if (c == ',') {
        endField();
      } else if (c == '\n') {
        endRow();
      } else if (c == '"' && !closed && field.toString().isBlank()) {
        quoted = true;
        opened = line;
      } else if (closed && !Character.isWhitespace(c)) {
        throw new IOException(
            "line %d: text behind a quote that closes (double the quotes inside of quotes)"
                .formatted(line));
      } else if (c != '\r') {
        field.append(c);
      }
    }

    private void quoted(char c) {
      if (c == '"') {
        quoted = false;
        closed = true;
      } else {
        field.append(c);
      }
    }

    private void endField() {
      row.add(field.toString());
      field.setLength(0);
      closed = false;
    }

    private void endRow() {
      endField();
      rows.add(new Row(first, row));
      row = new ArrayList<>();
      first = line;
    }
  }
}
