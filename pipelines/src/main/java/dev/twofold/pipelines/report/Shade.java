package dev.twofold.pipelines.report;

import java.util.List;
import java.util.Locale;

/** Colours of heat maps, and of lines that stand in an order. */
final class Shade {

  /** Viridis without its yellow end, which vanishes on white. */
  private static final int[][] ORDERED = {
    {68, 1, 84}, {62, 74, 137}, {38, 130, 142}, {53, 183, 121}, {149, 200, 50}
  };

  /** Of linear red, green and blue (ITU-R BT.709). */
  private static final double[] LUMA = {.2126, .7152, .0722};

  private Shade() {}

  /** Style of a cell whose value is in [0, 1]: from white to the given colour. */
  static String cell(double value, List<Integer> rgb) {
    double depth = Double.isFinite(value) ? Math.max(0, Math.min(1, value)) : 0;
    double opacity = depth * .92;
    return String.format(
        Locale.ROOT,
        "background:rgba(%d,%d,%d,%.2f);color:%s",
        rgb.get(0),
        rgb.get(1),
        rgb.get(2),
        opacity,
        isDark(rgb, opacity) ? "#fff" : "#000");
  }

  /** Whether white stands out better than black on this colour over white, by WCAG 2's contrast. */
  private static boolean isDark(List<Integer> rgb, double opacity) {
    double luminance = 0;
    for (int channel = 0; channel < 3; channel++) {
      double value = 1 - opacity + opacity * rgb.get(channel) / 255;
      double linear = value <= .04045 ? value / 12.92 : Math.pow((value + .055) / 1.055, 2.4);
      luminance += LUMA[channel] * linear;
    }
    return 1.05 / (luminance + .05) > (luminance + .05) / .05;
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
