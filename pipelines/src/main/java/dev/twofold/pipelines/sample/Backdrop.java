package dev.twofold.pipelines.sample;

import java.util.List;

/** What lies behind and beside the thing to recognise: uneven paper, and stray strokes. */
final class Backdrop {

  private static final double SHADE = 0.35;

  private Backdrop() {}

  /** Fills the canvas with the colour, shaded from one side to the other. */
  static void paint(Canvas canvas, Colour paper, Dice dice) {
    Colour far = paper.towards(Colour.random(dice), SHADE);
    double across = dice.uniform(-1, 1);
    double down = dice.uniform(-1, 1);
    double middle = dice.uniform(0.2, 0.8);
    canvas.fill(
        (x, y) -> {
          double share = middle + across * (x - 0.5) + down * (y - 0.5);
          return paper.towards(far, Math.max(0, Math.min(1, share)));
        });
  }

  /** Draws bent strokes of random inks anywhere. */
  static void scribble(Canvas canvas, int strokes, Dice dice) {
    for (int i = 0; i < strokes; i++) {
      Glyph.Stroke stroke = new Glyph.Stroke(List.of(point(dice), point(dice), point(dice)), true);
      Point shift = point(dice);
      Glyph.Stroke placed =
          stroke.map(
              p -> new Point(0.45 * p.x() + shift.x() - 0.2, 0.45 * p.y() + shift.y() - 0.2));
      canvas.stroke(placed.line(), dice.uniform(0.015, 0.05), Colour.random(dice));
    }
  }

  private static Point point(Dice dice) {
    return new Point(dice.uniform(0, 1), dice.uniform(0, 1));
  }
}
