package dev.twofold.pipelines.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/** Charts as PNG, and PNGs as addresses. */
public final class Pictures {

  private Pictures() {}

  /** A PNG as a data address, which stands in the page itself. */
  public static String address(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  static void write(Chart<?, ?> chart, Path file) throws IOException {
    write(chart, chart.getWidth(), chart.getHeight(), file);
  }

  /** As above, in another size than the chart was made for. */
  static void write(Chart<?, ?> chart, int width, int height, Path file) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, width, height);
    graphics.dispose();
    Files.createDirectories(file.toAbsolutePath().getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
