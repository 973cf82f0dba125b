package dev.twofold.pipelines.report;

import dev.twofold.transforms.images.Pixels;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** A dataset's row as a small picture that stands in the page itself. */
public final class Thumbnail {

  /** Longest side; rows are seldom larger, and then not worth their size. */
  private static final int LONGEST = 64;

  private Thumbnail() {}

  /**
   * A PNG as a data address.
   *
   * @param pixels height × width × channels, with 1 channel or 3
   */
  public static String of(byte[] pixels, int width, int height, int channels) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(shrunk(Pixels.picture(pixels, width, height, channels)), "png", png);
    return Pictures.address(png.toByteArray());
  }

  private static BufferedImage shrunk(BufferedImage image) {
    double scale = (double) LONGEST / Math.max(image.getWidth(), image.getHeight());
    if (scale >= 1) {
      return image;
    }
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
