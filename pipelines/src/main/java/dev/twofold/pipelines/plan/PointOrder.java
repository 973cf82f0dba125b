package dev.twofold.pipelines.plan;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeSet;

/**
 * Orders points of a sweep by their values, key after key: numbers as numbers and before all else,
 * which is text.
 */
public final class PointOrder implements Comparator<Map<String, Object>> {

  private static final Comparator<Object> VALUES =
      Comparator.comparingDouble(PointOrder::number).thenComparing(Leaves::text);

  @Override
  public int compare(Map<String, Object> left, Map<String, Object> right) {
    TreeSet<String> keys = new TreeSet<>(left.keySet());
    keys.addAll(right.keySet());
    return keys.stream()
        .mapToInt(key -> VALUES.compare(left.get(key), right.get(key)))
        .filter(order -> order != 0)
        .findFirst()
        .orElse(0);
  }

  /** NaN stands behind every number. */
  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
