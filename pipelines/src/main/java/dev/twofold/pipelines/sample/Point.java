package dev.twofold.pipelines.sample;

/** A point of the drawing square: x to the right and y down, both 0 to 1 inside it. */
record Point(double x, double y) {

  Point plus(double dx, double dy) {
    return new Point(x + dx, y + dy);
  }

  /** Distance to the segment from a to b. */
  double distance(Point a, Point b) {
    double dx = b.x - a.x;
    double dy = b.y - a.y;
    double length2 = dx * dx + dy * dy;
    double along = length2 == 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length2;
    double t = Math.max(0, Math.min(1, along));
    double ex = x - a.x - t * dx;
    double ey = y - a.y - t * dy;
    return Math.sqrt(ex * ex + ey * ey);
  }
}
