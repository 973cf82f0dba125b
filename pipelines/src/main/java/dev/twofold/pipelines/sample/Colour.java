package dev.twofold.pipelines.sample;

/**
 * A colour whose parts are 0 (none) to 1 (full); sums may leave that range until they are shown.
 */
record Colour(double red, double green, double blue) {

  private static final double MOST_TINT = 0.25;

  /** About as bright as said, with some tint. */
  static Colour tinted(double brightness, Dice dice) {
    return new Colour(part(brightness, dice), part(brightness, dice), part(brightness, dice));
  }

  /** Any brightness with some tint. */
  static Colour random(Dice dice) {
    return tinted(dice.uniform(0, 1), dice);
  }

  static Colour light(Dice dice) {
    return tinted(dice.uniform(0.6, 1), dice);
  }

  static Colour dark(Dice dice) {
    return tinted(dice.uniform(0.05, 0.4), dice);
  }

  /** ITU-R BT.601. */
  double luminance() {
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  }

  /** This colour where {@code share} is 0, the other where it is 1. */
  Colour towards(Colour other, double share) {
    return new Colour(
        red + share * (other.red - red),
        green + share * (other.green - green),
        blue + share * (other.blue - blue));
  }

  Colour times(double factor) {
    return new Colour(factor * red, factor * green, factor * blue);
  }

  Colour plus(double light) {
    return new Colour(red + light, green + light, blue + light);
  }

  private static double part(double brightness, Dice dice) {
    return Math.max(0, Math.min(1, brightness + dice.uniform(-MOST_TINT, MOST_TINT)));
  }
}
