package dev.twofold.pipelines.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.sample.Glyph.Stroke;
import java.util.List;
import org.junit.jupiter.api.Test;

class GlyphTest {

  private static final List<Point> CORNER =
      List.of(new Point(0, 0), new Point(1, 0), new Point(1, 1));

  @Test
  void aCharacterIsReadFromTheAlphabet() {
    assertThat(Glyph.named("T").strokes())
        .containsExactly(
            new Stroke(List.of(new Point(0.16, 0.1), new Point(0.84, 0.1)), false),
            new Stroke(List.of(new Point(0.5, 0.1), new Point(0.5, 0.9)), false));
  }

  @Test
  void aStraightStrokeIsItsPoints() {
    assertThat(new Stroke(CORNER, false).line()).isEqualTo(CORNER);
  }

  @Test
  void aSmoothStrokePassesItsPointsAndRoundsTheCorner() {
    List<Point> line = new Stroke(CORNER, true).line();

    assertThat(line).containsAll(CORNER);
    // Catmull–Rom with p0 = p1 at t = 1/2: (-p0 + 9 p1 + 9 p2 - p3) / 16 with p0 = p1 = (0, 0).
    assertThat(line).contains(new Point(0.5, -1.0 / 16));
  }
}
