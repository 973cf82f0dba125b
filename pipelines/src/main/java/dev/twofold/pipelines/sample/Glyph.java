package dev.twofold.pipelines.sample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A character as the strokes that write it. */
record Glyph(List<Stroke> strokes) {

  /**
   * Each character with its strokes: {@code /} opens a stroke of straight lines, {@code ~} one that
   * bends smoothly; then the points it passes, as x,y in hundredths of the square, y down.
   */
  private static final Map<String, Glyph> ALPHABET =
      parse(
          """
          A / 18,90 50,10 82,90 / 31,60 69,60
          B / 25,10 25,90 ~ 25,10 68,14 70,42 25,47 ~ 25,47 76,54 74,86 25,90
          C ~ 80,24 55,9 24,30 22,66 50,91 80,78
          D / 25,10 25,90 ~ 25,10 70,18 82,50 70,82 25,90
          E / 78,10 25,10 25,90 78,90 / 25,49 68,49
          F / 78,10 27,10 27,90 / 27,48 68,48
          G ~ 80,24 55,9 24,30 22,68 50,91 78,80 80,56 / 80,56 54,56
          H / 23,10 23,90 / 77,10 77,90 / 23,50 77,50
          J / 40,10 80,10 ~ 66,10 66,68 50,90 24,74
          K / 25,10 25,90 / 78,10 26,56 / 42,44 80,90
          L / 28,10 28,90 78,90
          M / 14,90 22,10 50,62 78,10 86,90
          N / 22,90 22,10 78,90 78,10
          P / 27,90 27,10 ~ 27,10 74,14 76,46 27,52
          Q ~ 50,9 20,32 22,70 50,90 78,70 80,32 50,9 / 56,66 86,94
          R / 25,90 25,10 ~ 25,10 72,14 74,44 25,50 / 42,50 80,90
          S ~ 78,22 50,9 24,26 44,48 72,62 66,86 40,91 20,76
          T / 16,10 84,10 / 50,10 50,90
          U ~ 22,10 22,62 50,92 78,62 78,10
          V / 18,10 50,90 82,10
          W / 10,10 28,90 50,36 72,90 90,10
          X / 20,10 80,90 / 80,10 20,90
          Y / 18,10 50,50 82,10 / 50,50 50,90
          Z / 20,10 80,10 20,90 80,90
          2 ~ 22,30 36,10 70,14 74,40 50,64 20,90 / 20,90 82,90
          3 ~ 22,16 52,8 74,26 46,46 ~ 46,46 80,60 66,90 20,84
          4 / 64,90 64,10 16,66 84,66
          5 / 76,10 30,10 27,46 ~ 27,46 64,40 80,66 58,92 20,82
          6 ~ 72,12 38,28 22,64 46,92 76,72 54,48 24,64
          7 / 20,10 80,10 42,90
          8 ~ 50,48 24,28 50,8 76,28 50,48 20,70 50,92 80,70 50,48
          9 ~ 76,36 48,52 24,28 54,8 76,32 70,66 40,92
          cross / 50,10 50,90 / 10,50 90,50
          ring ~ 50,12 22,24 12,50 22,76 50,88 78,76 88,50 78,24 50,12
          """);

  /** One movement of the pen. */
  record Stroke(List<Point> points, boolean smooth) {

    private static final int PIECES = 6;

    Stroke map(Function<Point, Point> move) {
      return new Stroke(points.stream().map(move).toList(), smooth);
    }

    /** The corners of the line to draw; a smooth stroke is a uniform Catmull–Rom spline. */
    List<Point> line() {
      if (!smooth) {
        return points;
      }
      List<Point> line = new ArrayList<>();
      for (int i = 0; i < points.size() - 1; i++) {
        for (int piece = 0; piece < PIECES; piece++) {
          line.add(between(i, (double) piece / PIECES));
        }
      }
      line.add(points.get(points.size() - 1));
      return line;
    }

    private Point between(int i, double t) {
      Point before = points.get(Math.max(0, i - 1));
      Point from = points.get(i);
      Point to = points.get(i + 1);
      Point after = points.get(Math.min(points.size() - 1, i + 2));
      return new Point(
          spline(before.x(), from.x(), to.x(), after.x(), t),
          spline(before.y(), from.y(), to.y(), after.y(), t));
    }

    private static double spline(double p0, double p1, double p2, double p3, double t) {
      double linear = p2 - p0;
      double square = 2 * p0 - 5 * p1 + 4 * p2 - p3;
      double cube = 3 * (p1 - p2) + p3 - p0;
      return 0.5 * (2 * p1 + t * (linear + t * (square + t * cube)));
    }
  }

  static Glyph named(String name) {
    return ALPHABET.get(name);
  }

  static boolean exists(String name) {
    return ALPHABET.containsKey(name);
  }

  private static Map<String, Glyph> parse(String alphabet) {
    return alphabet
        .lines()
        .map(line -> line.split(" ", 2))
        .collect(Collectors.toUnmodifiableMap(parts -> parts[0], parts -> glyph(parts[1])));
  }

  private static Glyph glyph(String strokes) {
    return new Glyph(
        Arrays.stream(strokes.split(" (?=[/~])", -1))
            .map(stroke -> new Stroke(points(stroke.substring(2)), stroke.startsWith("~")))
            .toList());
  }

  private static List<Point> points(String text) {
    return Arrays.stream(text.split(" ", -1))
        .map(point -> point.split(",", -1))
        .map(xy -> new Point(Integer.parseInt(xy[0]) / 100.0, Integer.parseInt(xy[1]) / 100.0))
        .toList();
  }
}
