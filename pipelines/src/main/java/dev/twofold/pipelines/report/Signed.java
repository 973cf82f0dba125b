package dev.twofold.pipelines.report;

import java.util.Locale;

/** Differences as they are printed: {@code +0.013}, {@code −0.013}, {@code 0.000}. */
final class Signed {

  private static final String MINUS = "−";

  private Signed() {}

  static String text(double value) {
    String digits = String.format(Locale.ROOT, "%.3f", Math.abs(value));
    if (digits.equals("0.000")) {
      return digits;
    }
    return (value < 0 ? MINUS : "+") + digits;
  }
}
