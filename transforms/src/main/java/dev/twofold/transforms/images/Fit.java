package dev.twofold.transforms.images;

import java.util.Locale;

/** How an image of one aspect ratio becomes one of another. */
public enum Fit {
  /** All of the image, its aspect ratio given up. */
  STRETCH,
  /** The largest part of the target's aspect ratio, from the centre. */
  CROP,
  /** All of the image, in its aspect ratio, centred on black. */
  PAD,
  /**
   * The dark strokes' bounding box with a margin, in the target's aspect ratio, on white: for
   * characters written by hand on a large canvas.
   */
  INK;

  /**
   * From its name in a configuration.
   *
   * @param text {@code stretch}, {@code crop}, {@code pad} or {@code ink}
   */
  public static Fit parse(String text) {
    for (Fit fit : values()) {
      if (fit.toString().equals(text)) {
        return fit;
      }
    }
    throw new IllegalArgumentException(
        "Invalid fit: %s (must be stretch, crop, pad or ink)".formatted(text));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
