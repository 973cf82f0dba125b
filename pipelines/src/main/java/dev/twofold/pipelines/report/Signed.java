package dev.twofold.pipelines.report;

import java.util.Locale;

/** Numbers that may be negative as they are printed: with a minus, and no sign before a zero. */
final class Signed {

  private static final int DECIMALS = 3;

  private Signed() {}

  /** A difference: {@code +0.013}, {@code −0.013}, {@code 0.000}. */
  static String text(double value) {
    String plain = plain(value);
    return value > 0 && !isZero(plain) ? "+" + plain : plain;
  }

  /** A quantity: {@code 0.013}, {@code −0.013}, {@code 0.000}. */
  static String plain(double value) {
    return plain(value, DECIMALS);
  }

  static String plain(double value, int decimals) {
    String digits = String.format(Locale.ROOT, "%%.%df".formatted(decimals), Math.abs(value));
    return value < 0 && !isZero(digits) ? "−" + digits : digits;
  }

  private static boolean isZero(String digits) {
    return digits.chars().allMatch(each -> each == '0' || each == '.');
  }
}
