package dev.twofold.pipelines.report;

import java.util.Locale;

/** Bars of means, with a whisker of one deviation to either side. */
final class Bars {

  private final Palette palette;
  private final double longest;

  /**
   * Bars that share a scale.
   *
   * @param longest value that fills the width
   */
  Bars(Palette palette, double longest) {
    this.palette = palette;
    this.longest = longest;
  }

  /** A method's bar. */
  Page.Bar bar(String name, Spread spread, String text) {
    double deviation = spread.n() < 2 ? 0 : spread.deviation();
    return new Page.Bar(
        name,
        palette.colour(name),
        percent(spread.mean(), longest),
        text,
        percent(deviation, longest),
        deviation > 0 ? whisker(spread.mean(), deviation) : "");
  }

  /** Where the whisker lies on its bar. */
  private static String whisker(double mean, double deviation) {
    return "left:%s%%;width:%s%%"
        .formatted(percent(Math.max(0, mean - deviation), mean), percent(2 * deviation, mean));
  }

  private static String percent(double part, double whole) {
    return String.format(Locale.ROOT, "%.1f", whole > 0 ? 100 * part / whole : 0);
  }
}
