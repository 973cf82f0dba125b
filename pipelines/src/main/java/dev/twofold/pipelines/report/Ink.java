package dev.twofold.pipelines.report;

import java.util.Locale;

/**
 * What a method's lines, bars and squares are drawn with.
 *
 * @param colour {@code #rrggbb}
 */
record Ink(String colour, Pattern pattern) {

  /** Tells apart what has one colour, without it too. */
  enum Pattern {
    SOLID(0, 0),
    DOTTED(2, 3),
    DASHED(7, 4);

    private final int drawn;
    private final int left;

    Pattern(int drawn, int left) {
      this.drawn = drawn;
      this.left = left;
    }

    /** Lengths of stroke and gap in pixels; null where there is no gap. */
    float[] dash() {
      return this == SOLID ? null : new float[] {drawn, left};
    }
  }

  static Ink solid(String colour) {
    return new Ink(colour, Pattern.SOLID);
  }

  /** A CSS background. */
  String background() {
    return pattern == Pattern.SOLID
        ? colour
        : String.format(
            Locale.ROOT,
            "repeating-linear-gradient(90deg,%s 0 %dpx,#fff %dpx %dpx)",
            colour,
            pattern.drawn / 2 + 1,
            pattern.drawn / 2 + 1,
            pattern.drawn / 2 + 2);
  }
}
