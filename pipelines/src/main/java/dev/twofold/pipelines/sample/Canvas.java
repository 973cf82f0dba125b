package dev.twofold.pipelines.sample;

import java.util.List;

/** A square picture under the brush, drawn in units of its side. */
final class Canvas {

  private final int side;
  private final Colour[] pixels;

  Canvas(int side) {
    this.side = side;
    this.pixels = new Colour[side * side];
  }

  /** What has a colour at every point. */
  @FunctionalInterface
  interface Painting {
    Colour at(double x, double y);
  }

  int side() {
    return side;
  }

  /** Width of a pixel. */
  double pixel() {
    return 1.0 / side;
  }

  void fill(Painting painting) {
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        pixels[row * side + column] = painting.at(centre(column), centre(row));
      }
    }
  }

  /** Lays a colour over one pixel; an opacity of 1 hides what was there. */
  void blend(int row, int column, Colour colour, double opacity) {
    int at = row * side + column;
    pixels[at] = pixels[at].towards(colour, opacity);
  }

  /** Draws a line through the points with a round pen, its edge softened over one pixel. */
  void stroke(List<Point> line, double radius, Colour ink) {
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        double outside = distance(new Point(centre(column), centre(row)), line) - radius;
        double coverage = 0.5 - outside * side;
        if (coverage > 0) {
          blend(row, column, ink, Math.min(1, coverage));
        }
      }
    }
  }

  /** Adds independent noise to every part of every pixel. */
  void speckle(double deviation, Dice dice) {
    for (int i = 0; i < pixels.length; i++) {
      Colour clean = pixels[i];
      pixels[i] =
          new Colour(
              clean.red() + deviation * dice.bell(),
              clean.green() + deviation * dice.bell(),
              clean.blue() + deviation * dice.bell());
    }
  }

  /** The picture as bytes, row by row: brightness for one channel, red, green, blue for three. */
  byte[] bytes(int channels) {
    byte[] bytes = new byte[pixels.length * channels];
    for (int i = 0; i < pixels.length; i++) {
      Colour pixel = pixels[i];
      if (channels == 1) {
        bytes[i] = level(pixel.luminance());
      } else {
        bytes[3 * i] = level(pixel.red());
        bytes[3 * i + 1] = level(pixel.green());
        bytes[3 * i + 2] = level(pixel.blue());
      }
    }
    return bytes;
  }

  double centre(int index) {
    return (index + 0.5) / side;
  }

  private static double distance(Point point, List<Point> line) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int i = 1; i < line.size(); i++) {
      nearest = Math.min(nearest, point.distance(line.get(i - 1), line.get(i)));
    }
    return nearest;
  }

  private static byte level(double part) {
    return (byte) Math.max(0, Math.min(255, (int) (part * 255 + 0.5)));
  }
}
