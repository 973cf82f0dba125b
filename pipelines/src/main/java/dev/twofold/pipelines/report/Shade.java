package dev.twofold.pipelines.report;

import java.util.List;
import java.util.Locale;

/** Colours of heat maps, and of lines that stand in an order. */
final class Shade {

  /** Viridis without its yellow end, which vanishes on white. */
  private static final int[][] ORDERED = {
    {68, 1, 84}, {62, 74, 137}, {38, 130, 142}, {53, 183, 121}, {149, 200, 50}
  };

  private Shade() {}

  /** Style of a cell whose value is in [0, 1]: from white to the given colour. */
  static String cell(double value, List<Integer> rgb) {
    double depth = Double.isFinite(value) ? Math.max(0, Math.min(1, value)) : 0;
    return String.format(
        Locale.ROOT,
        "background:rgba(%d,%d,%d,%.2f);color:%s",
        rgb.get(0),
        rgb.get(1),
        rgb.get(2),
        depth * .92,
        depth > .6 ? "#fff" : "#1f2933");
  }

  /** Colour number {@code index} of {@code count} that run from dark to light. */
  static String ordered(int index, int count) {
    double place = count < 2 ? 0 : (double) index / (count - 1) * (ORDERED.length - 1);
    int from = Math.min((int) place, ORDERED.length - 2);
    double t = place - from;
    StringBuilder colour = new StringBuilder("#");
    for (int channel = 0; channel < 3; channel++) {
      long mixed = Math.round((1 - t) * ORDERED[from][channel] + t * ORDERED[from + 1][channel]);
      colour.append(String.format(Locale.ROOT, "%02x", mixed));
    }
    return colour.toString();
  }
}
