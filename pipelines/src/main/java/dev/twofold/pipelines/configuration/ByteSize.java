package dev.twofold.pipelines.configuration;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory, as in {@code 2GB}.
 *
 * @param bytes number of bytes
 */
public record ByteSize(long bytes) {
  private static final Pattern FORMAT = Pattern.compile("([0-9]{1,9}) ?(B|KB|MB|GB|TB)");
  private static final Map<String, Integer> SHIFTS =
      Map.of("B", 0, "KB", 10, "MB", 20, "GB", 30, "TB", 40);

  static ByteSize read(Tree tree, String path, Binder binder) {
    Matcher matcher = FORMAT.matcher(tree instanceof Tree.Scalar scalar ? scalar.text() : "");
    if (!matcher.matches()) {
      binder.invalid(tree, path, "a number with B, KB, MB, GB or TB, as in 2GB");
      return null;
    }
    return new ByteSize(Long.parseLong(matcher.group(1)) << SHIFTS.get(matcher.group(2)));
  }

  @Override
  public String toString() {
    for (String unit : new String[] {"TB", "GB", "MB", "KB"}) {
      if (bytes > 0 && bytes % (1L << SHIFTS.get(unit)) == 0) {
        return (bytes >> SHIFTS.get(unit)) + unit;
      }
    }
    return bytes + "B";
  }
}
