package dev.twofold.transforms.evaluation;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** Whether Java finds a font: without one it cannot write on a picture, nor draw a chart. */
public final class Fonts {
  /** What to do where there is none. */
  public static final String REMEDY = "Install fontconfig and a font (Debian: fonts-dejavu-core).";

  private static final boolean FOUND = probe();

  private Fonts() {}

  /** Whether there is one; what a machine lacks now it lacks until this process ends. */
  public static boolean found() {
    return FOUND;
  }

  /** What a Java without fonts throws differs by version: all of it means that there is none. */
  private static boolean probe() {
    try {
      metrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      return true;
    } catch (RuntimeException | Error e) {
      if (e instanceof OutOfMemoryError || e instanceof StackOverflowError) {
        throw e;
      }
      return false;
    }
  }

  static FontMetrics metrics(Font font) {
    Graphics2D canvas = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    return canvas.getFontMetrics(font);
  }
}
