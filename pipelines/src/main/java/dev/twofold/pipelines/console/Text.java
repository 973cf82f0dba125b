package dev.twofold.pipelines.console;

import java.util.Locale;

/** Makes names and numbers fit for a terminal. */
public final class Text {

  private Text() {}

  /** Names are data: a control character in one must not steer the terminal. */
  public static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** At most so many characters; what is cut ends in {@code …}. */
  public static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }

  /** {@code 0:42}, {@code 12:07}, {@code 1:02:03}. */
  static String duration(double seconds) {
    long all = Math.round(seconds);
    return all < 3600
        ? "%d:%02d".formatted(all / 60, all % 60)
        : "%d:%02d:%02d".formatted(all / 3600, all / 60 % 60, all % 60);
  }

  static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
