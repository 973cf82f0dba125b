package dev.twofold.pipelines.sample;

import java.util.Map;

/**
 * A body in space, by its signed distance (https://iquilezles.org/articles/distfunctions): negative
 * inside, 0 on the surface, and outside never more than the way to it, so that a ray may step that
 * far. Every body fits the ball of radius {@link #RADIUS} around the origin.
 */
@FunctionalInterface
interface Solid {

  double RADIUS = 1.15;

  Map<String, Solid> ALL =
      Map.ofEntries(
          Map.entry("sphere", (x, y, z) -> length(x, y, z) - 0.85),
          Map.entry("cube", (x, y, z) -> box(x, y, z, 0.6, 0.6, 0.6)),
          Map.entry("cylinder", (x, y, z) -> cylinder(x, y, z, 0.55, 0.75)),
          Map.entry("cone", (x, y, z) -> above(-0.65, y, 0.8 * length(x, z) + 0.45 * (y - 0.95))),
          Map.entry("capsule", (x, y, z) -> length(x, excess(y, 0.6), z) - 0.42),
          Map.entry("tetrahedron", Solid::tetrahedron),
          Map.entry("octahedron", (x, y, z) -> 0.57 * (abs(x) + abs(y) + abs(z) - 1.1)),
          Map.entry("pyramid", (x, y, z) -> above(-0.5, y, 0.86 * max(x, z) + 0.5 * (y - 0.75))),
          Map.entry("prism", (x, y, z) -> Math.max(triangle(x, y) - 0.42, abs(z) - 0.7)),
          Map.entry("nut", (x, y, z) -> Math.max(hexagon(x, y, z), 0.38 - length(x, y))),
          Map.entry("disc", (x, y, z) -> cylinder(x, y, z, 0.95, 0.18)),
          Map.entry("dumbbell", Solid::dumbbell),
          Map.entry("arch", Solid::arch),
          Map.entry("staircase", Solid::staircase),
          Map.entry("lens", (x, y, z) -> length(x, y, abs(z) + 0.75) - 1.2),
          Map.entry("bowl", (x, y, z) -> Math.max(abs(length(x, y, z) - 0.85) - 0.09, y)),
          Map.entry("link", (x, y, z) -> length(length(x, excess(y, 0.4)) - 0.45, z) - 0.17),
          Map.entry("wedge", (x, y, z) -> Math.max(box(x, y, z, 0.7, 0.6, 0.6), 0.7 * (x + y))),
          Map.entry("ring", (x, y, z) -> length(length(x, y) - 0.72, z) - 0.24),
          Map.entry("cross", Solid::cross));

  double distance(double x, double y, double z);

  private static double tetrahedron(double x, double y, double z) {
    return 0.57 * (Math.max(abs(x + y) - z, abs(x - y) + z) - 0.66);
  }

  private static double dumbbell(double x, double y, double z) {
    double balls = length(x, abs(y) - 0.65, z) - 0.42;
    return Math.min(balls, cylinder(x, y, z, 0.16, 0.65));
  }

  private static double arch(double x, double y, double z) {
    double across = y > 0 ? length(x, y) : abs(x);
    double band = Math.max(abs(across - 0.6) - 0.2, abs(z) - 0.3);
    return Math.max(band, -0.7 - y);
  }

  private static double staircase(double x, double y, double z) {
    double low = box(x, y + 0.45, z, 0.75, 0.25, 0.5);
    double middle = box(x + 0.25, y, z, 0.5, 0.25, 0.5);
    double high = box(x + 0.5, y - 0.45, z, 0.25, 0.25, 0.5);
    return Math.min(low, Math.min(middle, high));
  }

  private static double cross(double x, double y, double z) {
    return Math.min(box(x, y, z, 0.9, 0.26, 0.26), box(x, y, z, 0.26, 0.9, 0.26));
  }

  private static double box(
      double x, double y, double z, double halfX, double halfY, double halfZ) {
    return Math.max(abs(x) - halfX, Math.max(abs(y) - halfY, abs(z) - halfZ));
  }

  private static double cylinder(double x, double y, double z, double radius, double half) {
    return Math.max(length(x, z) - radius, abs(y) - half);
  }

  private static double hexagon(double x, double y, double z) {
    double sides = Math.max(0.866 * abs(x) + 0.5 * abs(y), abs(y)) - 0.8;
    return Math.max(sides, abs(z) - 0.3);
  }

  private static double triangle(double x, double y) {
    return Math.max(0.866 * abs(x) + 0.5 * y, -y);
  }

  private static double above(double floor, double y, double distance) {
    return Math.max(distance, floor - y);
  }

  /** How far y lies beyond ±half. */
  private static double excess(double y, double half) {
    return y - Math.max(-half, Math.min(half, y));
  }

  private static double max(double a, double b) {
    return Math.max(abs(a), abs(b));
  }

  private static double abs(double a) {
    return Math.abs(a);
  }

  private static double length(double a, double b) {
    return Math.sqrt(a * a + b * b);
  }

  private static double length(double a, double b, double c) {
    return Math.sqrt(a * a + b * b + c * c);
  }
}
