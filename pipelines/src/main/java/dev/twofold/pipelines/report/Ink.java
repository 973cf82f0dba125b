package dev.twofold.pipelines.report;

import java.util.Locale;

/**
 * What a method's lines, bars and squares are drawn with.
 *
 * @param colour {@code #rrggbb}
 */
record Ink(String colour, Pattern pattern) {

  /** Tells apart what has one colour. */
  enum Pattern {
    SOLID,
    DOTTED,
    LONG_DASHED,
    DASHED,
    DASH_DOTTED,
    LONG_DASH_DOTTED;

    /** Lengths of strokes and gaps in pixels; null where there is no gap. */
    float[] dash() {
      return switch (this) {
        case SOLID -> null;
        case DOTTED -> new float[] {2, 3};
        case LONG_DASHED -> new float[] {14, 5};
        case DASHED -> new float[] {7, 5};
        case DASH_DOTTED -> new float[] {7, 3, 2, 3};
        case LONG_DASH_DOTTED -> new float[] {14, 3, 2, 3};
      };
    }
  }

  static Ink solid(String colour) {
    return new Ink(colour, Pattern.SOLID);
  }

  /** A CSS background: the first stroke and gap, half as long. */
  String background() {
    float[] dash = pattern.dash();
    if (dash == null) {
      return colour;
    }
    float stroke = dash[0] / 2;
    float end = stroke + dash[1] / 2;
    return String.format(
        Locale.ROOT,
        "repeating-linear-gradient(90deg,%s 0 %.1fpx,#fff %.1fpx %.1fpx)",
        colour,
        stroke,
        stroke,
        end);
  }
}
