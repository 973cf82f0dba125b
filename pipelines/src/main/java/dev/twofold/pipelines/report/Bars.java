package dev.twofold.pipelines.report;

import java.util.Locale;

/** Bars of means, with a whisker of one deviation to either side, which ends at 0. */
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
        palette.of(name).background(),
        percent(spread.mean(), longest),
        text,
        percent(deviation, longest),
        deviation > 0 ? whisker(spread.mean(), deviation) : "");
  }

  /** Where the whisker lies on its bar. */
  private static String whisker(double mean, double deviation) {
    double below = Math.min(mean, deviation);
    return "left:%s%%;width:%s%%"
        .formatted(percent(mean - below, mean), percent(below + deviation, mean));
  }

  private static String percent(double part, double whole) {
    return String.format(Locale.ROOT, "%.1f", whole > 0 ? 100 * part / whole : 0);
  }
}
