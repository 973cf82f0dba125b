package dev.twofold.pipelines.sample;

/**
 * Looks at a solid along parallel rays, under a lamp.
 *
 * @param right the picture's x direction, in the solid's space
 * @param down the picture's y direction
 * @param ahead the direction of the rays
 * @param centreX where the solid's middle lies in the picture
 * @param centreY where the solid's middle lies in the picture
 * @param reach half the picture's side, in the solid's units
 * @param light direction to the lamp
 * @param ambient share of the light that has no direction
 * @param gloss strength of the highlight
 */
record Camera(
    Vector right,
    Vector down,
    Vector ahead,
    double centreX,
    double centreY,
    double reach,
    Vector light,
    double ambient,
    double gloss) {

  private static final int MOST_STEPS = 48;
  private static final double NEAR_ENOUGH = 2e-3;
  private static final double SLOPE_STEP = 1e-3;

  /** Stands somewhere around the solid and above it, held not quite level. */
  static Camera random(Dice dice) {
    double around = dice.uniform(0, 2 * Math.PI);
    double raised = dice.uniform(0.25, 0.8);
    Vector back =
        new Vector(
            StrictMath.cos(raised) * StrictMath.sin(around),
            StrictMath.sin(raised),
            StrictMath.cos(raised) * StrictMath.cos(around));
    Vector level = new Vector(StrictMath.cos(around), 0, -StrictMath.sin(around));
    double roll = dice.uniform(-0.35, 0.35);
    Vector upright = back.cross(level);
    Vector right = level.times(StrictMath.cos(roll)).plus(StrictMath.sin(roll), upright);
    Vector up = upright.times(StrictMath.cos(roll)).plus(-StrictMath.sin(roll), level);
    return new Camera(
        right,
        up.times(-1),
        back.times(-1),
        0.5 + dice.uniform(-0.06, 0.06),
        0.5 + dice.uniform(-0.06, 0.06),
        dice.uniform(1.15, 1.45),
        back.plus(dice.uniform(0.2, 1), right).plus(dice.uniform(0.2, 1.2), up).normalised(),
        dice.uniform(0.1, 0.3),
        dice.uniform(0, 0.3));
  }

  void take(Solid solid, Texture texture, Canvas canvas) {
    for (int row = 0; row < canvas.side(); row++) {
      for (int column = 0; column < canvas.side(); column++) {
        double x = 2 * reach * (canvas.centre(column) - centreX);
        double y = 2 * reach * (canvas.centre(row) - centreY);
        if (x * x + y * y < Solid.RADIUS * Solid.RADIUS) {
          Sight sight = look(solid, x, y);
          double coverage = 1 - sight.miss() / (2 * reach * canvas.pixel());
          if (coverage > 0) {
            canvas.blend(row, column, shade(solid, texture, sight.point()), coverage);
          }
        }
      }
    }
  }

  /** Where a ray meets the solid, or comes nearest to it, and by how much it misses. */
  private record Sight(Vector point, double miss) {}

  private Sight look(Solid solid, double x, double y) {
    Vector start = new Vector(0, 0, 0).plus(x, right).plus(y, down).plus(-Solid.RADIUS, ahead);
    Sight nearest = new Sight(start, Double.POSITIVE_INFINITY);
    double way = 0;
    for (int step = 0; step < MOST_STEPS && way < 2 * Solid.RADIUS; step++) {
      Vector point = start.plus(way, ahead);
      double distance = solid.distance(point.x(), point.y(), point.z());
      if (distance < NEAR_ENOUGH) {
        return new Sight(point, 0);
      }
      if (distance < nearest.miss()) {
        nearest = new Sight(point, distance);
      }
      way += distance;
    }
    return nearest;
  }

  /** Lambert's law and Blinn's highlight. */
  private Colour shade(Solid solid, Texture texture, Vector point) {
    Vector normal = normal(solid, point);
    double diffuse = Math.max(0, normal.dot(light));
    Vector half = light.plus(-1, ahead).normalised();
    double glance = Math.max(0, normal.dot(half));
    double glance16 = fourth(fourth(glance));
    return texture
        .at(point)
        .times(ambient + (1 - ambient) * diffuse)
        .plus(diffuse > 0 ? gloss * glance16 : 0);
  }

  private static Vector normal(Solid solid, Vector p) {
    double here = solid.distance(p.x(), p.y(), p.z());
    return new Vector(
            solid.distance(p.x() + SLOPE_STEP, p.y(), p.z()) - here,
            solid.distance(p.x(), p.y() + SLOPE_STEP, p.z()) - here,
            solid.distance(p.x(), p.y(), p.z() + SLOPE_STEP) - here)
        .normalised();
  }

  private static double fourth(double a) {
    return a * a * a * a;
  }
}
