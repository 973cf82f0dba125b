package dev.twofold.pipelines.paper;

import java.util.Locale;

/** An accuracy as a paper prints it, with the deviation over its repeats. */
public record PublishedScore(double mean, double deviation) {

  private static final String SEPARATOR = " ± ";

  /** Reads {@code 0.76 ± 0.037}. */
  static PublishedScore parse(String text) {
    String[] parts = text.split(SEPARATOR, 2);
    return new PublishedScore(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
  }

  /** The score with as many digits as the papers print. */
  public String text() {
    return String.format(Locale.ROOT, "%.2f%s%.3f", mean, SEPARATOR, deviation);
  }
}
