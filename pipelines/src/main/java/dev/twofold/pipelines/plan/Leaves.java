package dev.twofold.pipelines.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Nested settings as one map: {@code training.learningRate}, {@code tasks[0].classes}. */
public final class Leaves {

  private Leaves() {}

  /** Lists of plain values are one leaf; lists of maps are numbered. */
  public static Map<String, String> of(Object value) {
    Map<String, String> leaves = new TreeMap<>();
    add("", value, leaves);
    return leaves;
  }

  private static void add(String path, Object value, Map<String, String> leaves) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) -> add(path.isEmpty() ? key.toString() : path + "." + key, inner, leaves));
    } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
      for (int i = 0; i < list.size(); i++) {
        add("%s[%d]".formatted(path, i), list.get(i), leaves);
      }
    } else {
      leaves.put(path, text(value));
    }
  }

  /**
   * A list without its brackets, one within it with them; {@code 5} and {@code 5.0} are one number,
   * and {@code 0.0005} is not {@code 5.0E-4}.
   */
  public static String text(Object value) {
    if (value instanceof List<?> list) {
      return String.join(", ", list.stream().map(Leaves::element).toList());
    }
    if (value instanceof Double number
        && (number == 0 || (Math.abs(number) >= 1e-7 && Math.abs(number) < 1e15))) {
      return number == 0 ? "0" : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
    return String.valueOf(value);
  }

  private static String element(Object value) {
    return value instanceof List<?> ? "[" + text(value) + "]" : text(value);
  }

  /** {@code learningRate} of {@code training.learningRate}. */
  private static String lastKey(String dotted) {
    return dotted.substring(dotted.lastIndexOf('.') + 1);
  }

  /** The last part of a key where no other of these ends in it, else all of it. */
  public static String shortKey(String dotted, Set<String> keys) {
    String last = lastKey(dotted);
    return keys.stream().filter(key -> lastKey(key).equals(last)).count() > 1 ? dotted : last;
  }

  /**
   * What a run's name says of a point of a sweep: {@code threshold 0.4} of each swept key, named
   * and ordered as the result table has them.
   */
  public static List<String> ofPoint(Map<String, Object> point) {
    return new TreeMap<>(point)
        .entrySet().stream()
            .map(swept -> shortKey(swept.getKey(), point.keySet()) + " " + text(swept.getValue()))
            .toList();
  }

  static long equal(Map<String, String> a, Map<String, String> b) {
    return a.entrySet().stream()
        .filter(leaf -> leaf.getValue().equals(b.get(leaf.getKey())))
        .count();
  }

  /** A leaf that is not the same on both sides; null where a side lacks it. */
  record Difference(String path, String before, String after) {
    private static final int SHOWN = 60;
    private static final int LEAD = 20;

    @Override
    public String toString() {
      String was = before == null ? "none" : before;
      String is = after == null ? "none" : after;
      int from = Math.max(0, firstDifference(was, is) - LEAD);
      return "%s %s → %s".formatted(path, cut(was, from), cut(is, from));
    }

    private static int firstDifference(String one, String two) {
      int at = 0;
      while (at < Math.min(one.length(), two.length()) && one.charAt(at) == two.charAt(at)) {
        at++;
      }
      return at;
    }

    /** Of a long value, such as the names of a hundred classes, what differs. */
    private static String cut(String value, int from) {
      if (value.length() <= SHOWN) {
        return value;
      }
      int begin = Math.min(from, value.length() - SHOWN);
      int end = begin + SHOWN;
      return (begin > 0 ? "…" : "")
          + value.substring(begin, end)
          + (end < value.length() ? "…" : "");
    }
  }

  static List<Difference> differences(Map<String, String> before, Map<String, String> after) {
    TreeSet<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    List<Difference> differences = new ArrayList<>();
    for (String path : paths) {
      String was = before.get(path);
      String is = after.get(path);
      if (was == null ? is != null : !was.equals(is)) {
        differences.add(new Difference(path, was, is));
      }
    }
    return differences;
  }
}
