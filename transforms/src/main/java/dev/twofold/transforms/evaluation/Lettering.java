package dev.twofold.transforms.evaluation;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.util.List;

/** Letters, or none where Java finds no font. */
record Lettering(Font font, FontMetrics metrics) {

  static Lettering of(int size) {
    if (!Fonts.found()) {
      return new Lettering(null, null);
    }
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, size);
    return new Lettering(font, Fonts.metrics(font));
  }

  int height() {
    return metrics == null ? 0 : metrics.getAscent();
  }

  int width(String text) {
    return metrics == null ? 0 : metrics.stringWidth(text);
  }

  int widest(List<String> texts) {
    return texts.stream().mapToInt(this::width).max().orElse(0);
  }

  void level(Graphics2D canvas, String text, int x, int base, Color colour) {
    if (metrics == null) {
      return;
    }
    canvas.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    canvas.setColor(colour);
    canvas.setFont(font);
    canvas.drawString(text, x, base);
  }

  /** Text that runs upwards from its foot. */
  void upright(Graphics2D canvas, String text, int base, int foot, Color colour) {
    canvas.rotate(-Math.PI / 2, base, foot);
    level(canvas, text, base, foot, colour);
    canvas.rotate(Math.PI / 2, base, foot);
  }
}
