package dev.twofold.pipelines.report;

import dev.twofold.transforms.evaluation.Fonts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.text.StringEscapeUtils;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;

/**
 * Turns a chart into an SVG element for the inside of a page: no prolog, no fixed size, small.
 * Where Java finds no font, a line that says so stands in its place.
 */
final class InlineSvg {

  private static final Pattern DECIMALS = Pattern.compile("(\\d+\\.\\d{2})\\d+");
  private static final Pattern INDENTATION = Pattern.compile("\\n\\s*");

  private static final String NOT_DRAWN =
      "<p>Not drawn: Java found no font. %s</p>".formatted(Fonts.REMEDY);

  private InlineSvg() {}

  /**
   * The element.
   *
   * @param label what the chart is called for who cannot see it
   */
  static String of(XYChart chart, String label) {
    if (!Fonts.found()) {
      return NOT_DRAWN;
    }
    String file = encode(chart);
    String body = file.substring(file.indexOf('>', file.indexOf("<svg")) + 1);
    String element =
        "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\">"
                .formatted(
                    StringEscapeUtils.escapeXml11(label), chart.getWidth(), chart.getHeight())
            + body;
    return compact(element);
  }

  private static String encode(XYChart chart) {
    try {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      VectorGraphicsEncoder.saveVectorGraphic(chart, file, VectorGraphicsFormat.SVG);
      return file.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hundredths of a pixel are enough, and halve the file. */
  private static String compact(String svg) {
    Matcher decimals = DECIMALS.matcher(svg);
    return INDENTATION
        .matcher(decimals.replaceAll("$1"))
        .replaceAll("")
        .replace("stroke-miterlimit:10;", "")
        .replace("stroke-linecap:square;", "");
  }
}
