package dev.twofold.pipelines.sample;

/**
 * The hand of one writer: habits that all its characters share.
 *
 * @param slant how far the top leans to the right, as a share of the height
 * @param turn angle of the base line, in radians
 * @param width of a character, as a share of the square
 * @param height of a character, as a share of the square
 * @param pen half the width of a stroke, as a share of the square
 * @param tremor standard deviation of where a stroke passes
 */
record Hand(double slant, double turn, double width, double height, double pen, double tremor) {

  static Hand random(Dice dice) {
    return new Hand(
        dice.uniform(-0.2, 0.35),
        dice.uniform(-0.15, 0.15),
        dice.uniform(0.5, 0.75),
        dice.uniform(0.62, 0.82),
        dice.uniform(0.035, 0.065),
        dice.uniform(0.015, 0.035));
  }

  /** Writes the character somewhere near the middle; no two attempts are alike. */
  void write(Glyph glyph, Canvas canvas, Colour ink, Dice dice) {
    Placement placement = placement(dice);
    double radius = pen * dice.uniform(0.85, 1.2);
    for (Glyph.Stroke stroke : glyph.strokes()) {
      Glyph.Stroke written =
          stroke
              .map(point -> point.plus(tremor * dice.bell(), tremor * dice.bell()))
              .map(placement::of);
      canvas.stroke(written.line(), radius, ink);
    }
  }

  private Placement placement(Dice dice) {
    double angle = turn + 0.06 * dice.bell();
    return new Placement(
        this,
        StrictMath.cos(angle),
        StrictMath.sin(angle),
        0.5 + dice.uniform(-0.08, 0.08),
        0.5 + dice.uniform(-0.08, 0.08));
  }

  private record Placement(Hand hand, double cos, double sin, double centreX, double centreY) {

    Point of(Point point) {
      double y = hand.height * (point.y() - 0.5);
      double x = hand.width * (point.x() - 0.5) - hand.slant * y;
      return new Point(centreX + cos * x - sin * y, centreY + sin * x + cos * y);
    }
  }
}
