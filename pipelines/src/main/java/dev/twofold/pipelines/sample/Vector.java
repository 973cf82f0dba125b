package dev.twofold.pipelines.sample;

/** A vector of space. */
record Vector(double x, double y, double z) {

  double dot(Vector other) {
    return x * other.x + y * other.y + z * other.z;
  }

  Vector cross(Vector other) {
    return new Vector(
        y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x);
  }

  Vector times(double factor) {
    return new Vector(factor * x, factor * y, factor * z);
  }

  Vector plus(double factor, Vector other) {
    return new Vector(x + factor * other.x, y + factor * other.y, z + factor * other.z);
  }

  Vector normalised() {
    double length = Math.sqrt(dot(this));
    return new Vector(x / length, y / length, z / length);
  }
}
