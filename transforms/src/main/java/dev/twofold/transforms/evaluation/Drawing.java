package dev.twofold.transforms.evaluation;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** What all figures are drawn on, and how small pictures stand in them. */
final class Drawing {
  static final Color INK = new Color(0x1f, 0x29, 0x33);

  /** About how long the longer side of a picture is drawn. */
  static final int SIDE = 64;

  private Drawing() {}

  /** A white sheet. */
  static BufferedImage sheet(int width, int height) {
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = sheet.createGraphics();
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, width, height);
    canvas.dispose();
    return sheet;
  }

  /** Writes a PNG, and its folder where there is none. */
  static void write(BufferedImage image, Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (var out = Files.newOutputStream(file)) {
      ImageIO.write(image, "png", out);
    }
  }

  /**
   * Length of a picture's side as it is drawn: small pictures grow by whole numbers.
   *
   * @param longest side of the picture
   */
  static int drawn(int side, int longest) {
    return longest <= SIDE
        ? side * Math.round((float) SIDE / longest)
        : Math.max(1, Math.round((float) side * SIDE / longest));
  }

  static int drawnWidth(BufferedImage picture) {
    return drawn(picture.getWidth(), Math.max(picture.getWidth(), picture.getHeight()));
  }

  static int drawnHeight(BufferedImage picture) {
    return drawn(picture.getHeight(), Math.max(picture.getWidth(), picture.getHeight()));
  }

  /** Draws a picture at its drawn size. */
  static void draw(Graphics2D canvas, BufferedImage picture, int x, int y) {
    int width = drawnWidth(picture);
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        width < picture.getWidth()
            ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
            : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    canvas.drawImage(picture, x, y, width, drawnHeight(picture), null);
  }
}
