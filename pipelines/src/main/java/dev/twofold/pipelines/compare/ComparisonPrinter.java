package dev.twofold.pipelines.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.pipelines.compare.Comparison.Compared;
import dev.twofold.pipelines.compare.Comparison.Difference;
import dev.twofold.pipelines.compare.Comparison.Measured;
import dev.twofold.pipelines.console.Text;
import dev.twofold.pipelines.report.Spread;
import dev.twofold.transforms.training.TrainingJson;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** A comparison for people and for machines. */
public final class ComparisonPrinter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

  /** Longer values are cut, but no names; JSON has them whole. */
  private static final int LONGEST = 44;

  private ComparisonPrinter() {}

  /** Tables of what differs, a column a side: A, B, …. */
  public static String text(Comparison comparison) {
    StringBuilder text = new StringBuilder();
    List<List<String>> sides = new ArrayList<>();
    for (int i = 0; i < comparison.sides().size(); i++) {
      Compared side = comparison.sides().get(i);
      String key = side.keys().size() == 1 ? side.keys().get(0) : side.keys().size() + " repeats";
      String notes = String.join("; ", side.notes());
      sides.add(
          List.of(
              letter(i),
              side.name(),
              key,
              TIME.format(Instant.ofEpochMilli(side.started())),
              notes));
    }
    append(text, sides);
    if (comparison.isEmpty()) {
      return text.append("\nNo difference.\n").toString();
    }
    table(text, "Parameters", comparison, comparison.parameters());
    table(text, "Data", comparison, comparison.data());
    table(text, "Context", comparison, comparison.context());
    metrics(text, comparison);
    return text.toString();
  }

  /** As spreadsheets name columns: A to Z, then AA, AB, …. */
  static String letter(int side) {
    String last = Character.toString('A' + side % 26);
    return side < 26 ? last : letter(side / 26 - 1) + last;
  }

  private static void table(
      StringBuilder text, String title, Comparison comparison, List<Difference> differences) {
    if (differences.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(head(title, comparison));
    for (Difference difference : differences) {
      List<String> row = new ArrayList<>(List.of(difference.name()));
      difference.values().forEach(value -> row.add(value == null ? "–" : value));
      rows.add(row);
    }
    append(text.append('\n'), rows);
  }

  private static List<String> head(String title, Comparison comparison) {
    List<String> head = new ArrayList<>(List.of(title));
    for (int i = 0; i < comparison.sides().size(); i++) {
      head.add(letter(i));
    }
    return head;
  }

  private static void metrics(StringBuilder text, Comparison comparison) {
    List<Measured> common =
        comparison.metrics().stream().filter(ComparisonPrinter::isCommon).toList();
    if (!common.isEmpty()) {
      append(text.append('\n'), metrics(comparison, common));
    }
    int alone = comparison.metrics().size() - common.size();
    if (alone > 0) {
      text.append("\n%d metrics are one run's alone (--json has them).\n".formatted(alone));
    }
  }

  /** What one side alone measures says nothing of a difference. */
  private static boolean isCommon(Measured metric) {
    return metric.values().stream().filter(value -> value.n() > 0).count() > 1;
  }

  private static List<List<String>> metrics(Comparison comparison, List<Measured> metrics) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = head("Metrics", comparison);
    for (int i = 1; i < comparison.sides().size(); i++) {
      head.add("%s − A".formatted(letter(i)));
    }
    rows.add(head);
    for (Measured metric : metrics) {
      List<String> row = new ArrayList<>(List.of(metric.name()));
      metric.values().forEach(value -> row.add(value.text()));
      metric.differences().forEach(difference -> row.add(signed(difference, metric.values())));
      rows.add(row);
    }
    return rows;
  }

  /**
   * {@code +0.021 ± 0.004 (3)}: the paired repeats in parentheses. Of repeats that only one side
   * has there is no difference, so that it is not the one of the means beside it.
   */
  private static String signed(Spread difference, List<Spread> values) {
    String sign = difference.n() > 0 && difference.mean() > 0 ? "+" : "";
    boolean several = values.stream().anyMatch(value -> value.n() > 1);
    String pairs = difference.n() > 0 && several ? " (%d)".formatted(difference.n()) : "";
    return sign + difference.text() + pairs;
  }

  /** Rows with their columns one below the other. */
  private static void append(StringBuilder text, List<List<String>> rows) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String cell = printable(row.get(column), column);
        line.append(cell).append(" ".repeat(width(rows, column) - cell.length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream()
        .mapToInt(row -> printable(row.get(column), column).length())
        .max()
        .orElse(0);
  }

  private static String printable(String text, int column) {
    String printable = Text.printable(text);
    return column == 0 ? printable : Text.cut(printable, LONGEST);
  }

  /** All of it, with all digits. */
  public static String json(Comparison comparison) {
    ObjectNode json = TrainingJson.MAPPER.createObjectNode();
    json.set("runs", TrainingJson.MAPPER.valueToTree(comparison.sides()));
    json.set("parameters", TrainingJson.MAPPER.valueToTree(comparison.parameters()));
    json.set("data", TrainingJson.MAPPER.valueToTree(comparison.data()));
    json.set("context", TrainingJson.MAPPER.valueToTree(comparison.context()));
    ArrayNode metrics = json.putArray("metrics");
    for (Measured metric : comparison.metrics()) {
      ObjectNode object = metrics.addObject().put("name", metric.name());
      object.set("values", spreads(metric.values()));
      object.set("differences", spreads(metric.differences()));
    }
    return json.toPrettyString();
  }

  /** JSON has no NaN: what there is none of is null. */
  private static JsonNode spreads(List<Spread> spreads) {
    ArrayNode array = TrainingJson.MAPPER.createArrayNode();
    for (Spread spread : spreads) {
      array
          .addObject()
          .put("repeats", spread.n())
          .put("mean", finite(spread.mean()))
          .put("deviation", finite(spread.deviation()));
    }
    return array;
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
