package dev.twofold.transforms.artifacts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.TreeMap;

/**
 * One spelling for each JSON value: keys sorted, no white space, integral numbers without a
 * fraction, other numbers with as few digits as tell the {@code double} apart.
 *
 * <p>Equal configurations have equal keys because of it: {@code 1}, {@code 1.0} and {@code 1e0} are
 * one number.
 */
public final class CanonicalJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private CanonicalJson() {}

  /**
   * The canonical JSON of a value.
   *
   * @param value anything that Jackson maps to JSON: a Map, a record, a JsonNode
   */
  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    append(MAPPER.valueToTree(value), out);
    return out.toString();
  }

  private static void append(JsonNode node, StringBuilder out) {
    switch (node.getNodeType()) {
      case OBJECT -> appendObject(node, out);
      case ARRAY -> appendArray(node, out);
      case NUMBER -> out.append(number(node));
      case STRING -> out.append(quoted(node.textValue()));
      case BOOLEAN, NULL -> out.append(node.asText());
      default ->
          throw new IllegalArgumentException(
              "Invalid value in canonical JSON: %s (must be JSON)".formatted(node));
    }
  }

  private static void appendObject(JsonNode node, StringBuilder out) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    node.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    String separator = "";
    out.append('{');
    for (var entry : sorted.entrySet()) {
      out.append(separator).append(quoted(entry.getKey())).append(':');
      append(entry.getValue(), out);
      separator = ",";
    }
    out.append('}');
  }

  private static void appendArray(JsonNode node, StringBuilder out) {
    String separator = "";
    out.append('[');
    for (JsonNode element : node) {
      out.append(separator);
      append(element, out);
      separator = ",";
    }
    out.append(']');
  }

  private static String number(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.bigIntegerValue().toString();
    }
    double value = node.doubleValue();
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "Invalid number in canonical JSON: %s (must be finite)".formatted(value));
    }
    BigDecimal shortest = shortest(value);
    return value == Math.rint(value)
        ? shortest.toBigInteger().toString()
        : shortest.stripTrailingZeros().toString();
  }

  /** {@link Double#toString} is not the shortest on every JDK, and a key must outlive a JDK. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded;
      }
    }
    return exact.round(new MathContext(17));
  }

  private static String quoted(String text) {
    try {
      return MAPPER.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot write text as JSON: " + text, e);
    }
  }
}
