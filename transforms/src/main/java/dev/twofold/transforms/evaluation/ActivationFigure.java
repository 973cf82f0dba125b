package dev.twofold.transforms.evaluation;

import dev.twofold.models.evaluation.ActivationMaps;
import dev.twofold.models.methods.Partner;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Activation maps of one convolution layer of MTAL's columns, after Figures 10 and 11 of [A]: a row
 * a task, its image and then its first kernels' maps, framed by what the kernel shares. Kernels of
 * equal index stand in the same place of every row. White is the largest activation of the task's
 * layer.
 *
 * <p>A Java without any font draws the pictures alone.
 */
public final class ActivationFigure {

  static final int MOST_MAPS = 32;
  private static final int MAPS_IN_A_LINE = 16;

  private static final int FRAME = 3;
  private static final int GAP = 5;
  private static final int MARGIN = 16;
  private static final int LETTERS = 13;
  private static final Map<Partner, Color> COLOURS =
      Map.of(
          Partner.TWIN, new Color(0x23, 0x5f, 0x96),
          Partner.OTHER, new Color(0xcc, 0x55, 0x28),
          Partner.NONE, new Color(0xc4, 0xcb, 0xd2));
  private static final Map<Partner, String> WORDS =
      Map.of(
          Partner.TWIN, "shared with its twin",
          Partner.OTHER, "shared with other kernels alone",
          Partner.NONE, "not shared");

  /**
   * One task.
   *
   * @param image what the maps are of
   * @param partners of each of the layer's kernels
   */
  public record Row(
      String title, BufferedImage image, ActivationMaps maps, List<Partner> partners) {

    public Row {
      partners = List.copyOf(partners);
      if (partners.size() != maps.maps().size()) {
        throw new IllegalArgumentException(
            "Invalid partners of %s: of %d kernels (must be of %d, one a map)"
                .formatted(title, partners.size(), maps.maps().size()));
      }
    }

    private int shown() {
      return Math.min(MOST_MAPS, partners.size());
    }

    private String caption() {
      return "%s: %s of %s; of all kernels %d share with their twin, %d with others alone, %d with none"
          .formatted(
              title,
              shown() == partners.size()
                  ? "the %d maps".formatted(shown())
                  : "the first %d of %d maps".formatted(shown(), partners.size()),
              maps.layer(),
              count(Partner.TWIN),
              count(Partner.OTHER),
              count(Partner.NONE));
    }

    private int count(Partner partner) {
      return Collections.frequency(partners, partner);
    }
  }

  private final List<Row> rows;
  private final Lettering letters = Lettering.of(LETTERS);
  private final int mapsAt;

  private ActivationFigure(List<Row> rows) {
    this.rows = rows;
    int widest = rows.stream().mapToInt(row -> Drawing.drawnWidth(row.image())).max().orElse(0);
    mapsAt = MARGIN + widest + 2 * GAP;
  }

  /** Writes one layer's maps as a PNG. */
  public static void write(List<Row> rows, Path file) throws IOException {
    Drawing.write(new ActivationFigure(rows).draw(), file);
  }

  private BufferedImage draw() {
    int width = legend(null, 0);
    int height = MARGIN + line();
    for (Row row : rows) {
      width = Math.max(width, Math.max(right(row), MARGIN + letters.width(row.caption())));
      height += height(row);
    }
    BufferedImage image = Drawing.sheet(width + MARGIN, height + MARGIN);
    Graphics2D canvas = image.createGraphics();
    legend(canvas, MARGIN);
    int y = MARGIN + line();
    for (Row row : rows) {
      draw(canvas, row, y);
      y += height(row);
    }
    canvas.dispose();
    return image;
  }

  /** Height of a line of text; without letters, of the legend's colours. */
  private int line() {
    return Math.max(LETTERS, letters.height()) + 2 * GAP;
  }

  private static int cell(int side, ActivationMaps maps) {
    return Drawing.drawn(side, Math.max(maps.height(), maps.width())) + 2 * FRAME + GAP;
  }

  private int right(Row row) {
    return mapsAt
        + Math.min(MAPS_IN_A_LINE, row.shown()) * cell(row.maps().width(), row.maps())
        - GAP;
  }

  private int height(Row row) {
    int lines = (row.shown() + MAPS_IN_A_LINE - 1) / MAPS_IN_A_LINE;
    int maps = lines * cell(row.maps().height(), row.maps());
    return line() + Math.max(maps, Drawing.drawnHeight(row.image()) + FRAME) + GAP;
  }

  /**
   * Draws the colours and their words.
   *
   * @param canvas null to measure alone
   * @return where it ends on the right
   */
  private int legend(Graphics2D canvas, int y) {
    int x = MARGIN;
    for (Partner partner : Partner.values()) {
      if (canvas != null) {
        canvas.setColor(COLOURS.get(partner));
        canvas.fillRect(x, y, LETTERS, LETTERS);
        letters.level(canvas, WORDS.get(partner), x + LETTERS + GAP, y + LETTERS - 1, Drawing.INK);
      }
      x += LETTERS + GAP + letters.width(WORDS.get(partner)) + 4 * GAP;
    }
    String scale = "white: the largest activation of the task's layer";
    if (canvas != null) {
      letters.level(canvas, scale, x, y + LETTERS - 1, Drawing.INK);
    }
    return x + letters.width(scale);
  }

  private void draw(Graphics2D canvas, Row row, int top) {
    letters.level(canvas, row.caption(), MARGIN, top + letters.height(), Drawing.INK);
    int y = top + line();
    Drawing.draw(canvas, row.image(), MARGIN, y + FRAME);
    float largest = row.maps().largest();
    for (int i = 0; i < row.shown(); i++) {
      int x = mapsAt + i % MAPS_IN_A_LINE * cell(row.maps().width(), row.maps());
      int down = y + i / MAPS_IN_A_LINE * cell(row.maps().height(), row.maps());
      canvas.setColor(COLOURS.get(row.partners().get(i)));
      canvas.fillRect(
          x,
          down,
          cell(row.maps().width(), row.maps()) - GAP,
          cell(row.maps().height(), row.maps()) - GAP);
      Drawing.draw(canvas, grey(row.maps(), i, largest), x + FRAME, down + FRAME);
    }
  }

  private static BufferedImage grey(ActivationMaps maps, int kernel, float largest) {
    BufferedImage image =
        new BufferedImage(maps.width(), maps.height(), BufferedImage.TYPE_INT_RGB);
    float[] values = maps.maps().get(kernel);
    for (int i = 0; i < values.length; i++) {
      int level = largest == 0 ? 0 : Math.round(255 * Math.max(0, values[i]) / largest);
      image.setRGB(i % maps.width(), i / maps.width(), level << 16 | level << 8 | level);
    }
    return image;
  }
}
