package dev.twofold.pipelines.recorded;

import dev.twofold.models.methods.Methods;
import dev.twofold.tracking.RunDescription;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the result table says of a trial whose run is called {@code mtal · pair · threshold 0.4 ·
 * 1}.
 *
 * @param method as its row is called: {@code mtal (threshold = 0.4)}
 * @param group whose table it is in; empty for a run that is in none
 * @param repeat 1-based; empty for a run that has none
 */
record TableRow(String method, String group, String repeat) {

  private static final String SEPARATOR = " · ";
  private static final String CUT = "…";

  static TableRow of(RunDescription run) {
    List<String> parts = Arrays.asList(run.name().split(SEPARATOR));
    int last = parts.size() - 1;
    if (!run.kind().equals("trial") || last < 2) {
      return new TableRow(run.name(), "", "");
    }
    return new TableRow(
        parts.get(0) + point(parts.subList(2, last)), parts.get(1), parts.get(last));
  }

  private static String point(List<String> values) {
    return values.isEmpty()
        ? ""
        : values.stream()
            .map(value -> value.replaceFirst(" ", " = "))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** Without what a table adds to a name, and the sign that it was cut. */
  static String plain(String text) {
    String plain = text.endsWith(CUT) ? text.substring(0, text.length() - 1) : text;
    for (var method : Methods.ALL) {
      plain = method.remark().isEmpty() ? plain : plain.replace(", " + method.remark(), "");
    }
    return plain;
  }

  /** The method and its group. */
  String row() {
    return group.isEmpty() ? method : method + "/" + group;
  }

  /** With its repeat, where it has one. */
  String wholeName() {
    return repeat.isEmpty() ? row() : row() + "/" + repeat;
  }

  /** Of the row in all groups, in its own, and of its repeat. */
  Stream<String> names() {
    return Stream.of(method, row(), wholeName());
  }
}
