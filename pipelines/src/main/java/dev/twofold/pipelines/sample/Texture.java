package dev.twofold.pipelines.sample;

import java.util.List;

/** What covers a solid: one colour, or two in stripes, checks or dots. */
record Texture(Pattern pattern, double frequency, double phase, Colour first, Colour second) {

  private enum Pattern {
    PLAIN,
    STRIPES,
    CHECKS,
    DOTS
  }

  /** Half of all solids are plain. */
  private static final List<Pattern> PATTERNS =
      List.of(
          Pattern.PLAIN,
          Pattern.PLAIN,
          Pattern.PLAIN,
          Pattern.STRIPES,
          Pattern.CHECKS,
          Pattern.DOTS);

  static Texture random(Colour first, Dice dice) {
    return new Texture(
        dice.pick(PATTERNS),
        dice.uniform(1.2, 2.6),
        dice.uniform(0, 1),
        first,
        first.towards(Colour.random(dice), dice.uniform(0.2, 0.4)));
  }

  Colour at(Vector point) {
    double u = frequency * point.x() + phase;
    double v = frequency * point.y() + phase;
    double w = frequency * point.z() + phase;
    boolean other =
        switch (pattern) {
          case PLAIN -> false;
          case STRIPES -> odd(u);
          case CHECKS -> odd(u) ^ odd(v) ^ odd(w);
          case DOTS -> square(u) + square(v) + square(w) < 0.16;
        };
    return other ? second : first;
  }

  private static boolean odd(double a) {
    return Math.floorMod((int) Math.floor(a), 2) == 1;
  }

  /** Squared distance from the middle between two whole numbers. */
  private static double square(double a) {
    double off = a - Math.floor(a) - 0.5;
    return off * off;
  }
}
