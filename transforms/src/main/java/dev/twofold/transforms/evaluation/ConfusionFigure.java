package dev.twofold.transforms.evaluation;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A confusion matrix as a picture: rows are true classes, columns predicted ones, and a cell is the
 * darker the larger its part of the row. The diagonal is blue, errors are red.
 *
 * <p>A Java without any font draws the cells alone.
 */
public final class ConfusionFigure {

  private static final int MARGIN = 16;
  private static final int LONGEST_NAME = 24;
  private static final Color LINE = new Color(0xe3, 0xe7, 0xeb);
  private static final Color RIGHT = new Color(0x23, 0x5f, 0x96);
  private static final Color WRONG = new Color(0xcc, 0x55, 0x28);

  /** Pixels that a matrix is drawn on, and those that it may grow to for its classes' names. */
  private static final int SIDE = 900;

  private static final int MOST = 3600;

  /** Of a class that has a name and lines. */
  private static final int READABLE = 6;

  /** Classes whose matrix is drawn: of a pixel each, and 64 MB. */
  static final int MOST_CLASSES = 4000;

  private final List<String> classes;
  private final List<List<Integer>> confusion;
  private final int cell;

  private ConfusionFigure(List<String> classes, List<List<Integer>> confusion) {
    this.classes = classes.stream().map(ConfusionFigure::shortened).toList();
    this.confusion = confusion;
    int count = Math.max(1, classes.size());
    cell = Math.max(1, Math.max(Math.min(44, SIDE / count), Math.min(READABLE, MOST / count)));
  }

  /**
   * Writes the matrix as a PNG.
   *
   * @param title above it
   * @param confusion a row a true class, a column a predicted one, both in the order of {@code
   *     classes}
   */
  public static void write(
      String title, List<String> classes, List<List<Integer>> confusion, Path file)
      throws IOException {
    if (confusion.size() != classes.size()
        || confusion.stream().anyMatch(row -> row.size() != classes.size())) {
      throw new IllegalArgumentException(
          "Invalid confusion matrix of %s: not %d × %d (must have a row and a column a class)"
              .formatted(title, classes.size(), classes.size()));
    }
    BufferedImage image = new ConfusionFigure(classes, confusion).draw(title);
    Drawing.write(image, file);
  }

  private BufferedImage draw(String title) {
    Lettering letters = Lettering.of(Math.max(7, Math.min(13, cell - 3)));
    int names = isReadable() ? letters.widest(classes) : 0;
    int top = MARGIN + letters.height() * 2 + names + MARGIN;
    int left = MARGIN + letters.height() + names + MARGIN / 2;
    int side = cell * classes.size();
    int width = left + Math.max(side, letters.width(title)) + MARGIN;
    int height = top + side + letters.height() + 2 * MARGIN;
    BufferedImage image = Drawing.sheet(width, height);
    Graphics2D canvas = image.createGraphics();
    canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    letters.level(canvas, title, left, MARGIN + letters.height(), Drawing.INK);
    letters.level(
        canvas, "predicted class →", left, top + side + letters.height() + MARGIN / 2, Drawing.INK);
    letters.upright(canvas, "← true class", MARGIN + letters.height() / 2, top + side, Drawing.INK);
    cells(canvas, letters, left, top);
    canvas.dispose();
    return image;
  }

  private boolean isReadable() {
    return cell >= READABLE;
  }

  private void cells(Graphics2D canvas, Lettering letters, int left, int top) {
    for (int truth = 0; truth < classes.size(); truth++) {
      int y = top + truth * cell;
      row(canvas, letters, truth, left, y);
      if (!isReadable()) {
        continue;
      }
      String name = classes.get(truth);
      int base = y + (cell + letters.height()) / 2 - 3;
      letters.level(canvas, name, left - MARGIN / 2 - letters.width(name), base, Drawing.INK);
      int x = left + truth * cell + (cell + letters.height()) / 2 - 3;
      letters.upright(canvas, name, x, top - MARGIN / 2, Drawing.INK);
    }
  }

  private void row(Graphics2D canvas, Lettering letters, int truth, int left, int y) {
    List<Integer> counts = confusion.get(truth);
    double support = Math.max(1, counts.stream().mapToInt(Integer::intValue).sum());
    for (int predicted = 0; predicted < counts.size(); predicted++) {
      int x = left + predicted * cell;
      double part = counts.get(predicted) / support;
      canvas.setColor(mix(predicted == truth ? RIGHT : WRONG, part));
      canvas.fillRect(x, y, cell, cell);
      if (!isReadable()) {
        continue;
      }
      canvas.setColor(LINE);
      canvas.drawRect(x, y, cell, cell);
      String count = "" + counts.get(predicted);
      if (counts.get(predicted) > 0 && letters.width(count) < cell - 1) {
        int at = x + (cell - letters.width(count)) / 2 + 1;
        int base = y + (cell + letters.height()) / 2 - 3;
        letters.level(canvas, count, at, base, part > .55 ? Color.WHITE : Drawing.INK);
      }
    }
  }

  private static Color mix(Color full, double part) {
    return new Color(
        (int) Math.round(255 + (full.getRed() - 255) * part),
        (int) Math.round(255 + (full.getGreen() - 255) * part),
        (int) Math.round(255 + (full.getBlue() - 255) * part));
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
  }
}
