package dev.twofold.transforms.evaluation;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.transforms.images.Pixels;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * A task's wrongly classified test images as a picture, those of which the network was surest
 * first, each with its class, the predicted one and the probability of that.
 *
 * <p>A Java without any font draws the images alone.
 */
final class WrongFigure {
  static final int MOST_IMAGES = 24;

  private static final int IN_A_LINE = 8;
  private static final int LONGEST_NAME = 16;
  private static final int MARGIN = 16;
  private static final int GAP = 5;
  private static final int LETTERS = 11;

  private static final Comparator<Wrong> SUREST_FIRST =
      Comparator.comparing(Wrong::probability).reversed().thenComparing(Wrong::id);

  private final Task task;

  /** The least sure on top, which goes when a surer one comes. */
  private final PriorityQueue<Wrong> surest = new PriorityQueue<>(SUREST_FIRST.reversed());

  private int count;

  WrongFigure(Task task) {
    this.task = task;
  }

  private record Wrong(
      String id, String truth, String predicted, float probability, BufferedImage image) {

    private List<String> words() {
      return List.of(
          shortened("is " + truth),
          shortened("not " + predicted),
          String.format(Locale.ROOT, "p = %.2f", probability));
    }
  }

  /**
   * Adds a wrongly classified image.
   *
   * @param id breaks ties, so that the same images are drawn always
   * @param probability of the predicted class
   * @param number of the image in its batch
   */
  void add(String id, String truth, String predicted, float probability, Batch batch, int number) {
    count++;
    if (surest.size() == MOST_IMAGES && probability < surest.element().probability()) {
      return;
    }
    surest.add(new Wrong(id, truth, predicted, probability, picture(batch, number)));
    if (surest.size() > MOST_IMAGES) {
      surest.remove();
    }
  }

  private BufferedImage picture(Batch batch, int number) {
    ImageShape shape = task.shape();
    byte[] pixels =
        Arrays.copyOfRange(batch.pixels(), number * shape.size(), (number + 1) * shape.size());
    return Pixels.picture(pixels, shape.width(), shape.height(), shape.channels());
  }

  /** Writes the figure as a PNG; says whether there was an image to draw. */
  boolean write(Path file) throws IOException {
    if (surest.isEmpty()) {
      return false;
    }
    List<Wrong> shown = new ArrayList<>(surest);
    shown.sort(SUREST_FIRST);
    Drawing.write(draw(shown), file);
    return true;
  }

  private BufferedImage draw(List<Wrong> shown) {
    Lettering letters = Lettering.of(LETTERS);
    List<List<String>> words = shown.stream().map(Wrong::words).toList();
    String title =
        shown.size() == count
            ? "%s: the wrongly classified test images, surest first".formatted(task.name())
            : "%s: %d of %d wrongly classified test images, surest first"
                .formatted(task.name(), shown.size(), count);
    int line = letters.height() + GAP;
    int cellWidth =
        Math.max(
                shown.stream().mapToInt(wrong -> Drawing.drawnWidth(wrong.image())).max().orElse(0),
                words.stream().mapToInt(letters::widest).max().orElse(0))
            + 2 * GAP;
    int pictureHeight =
        shown.stream().mapToInt(wrong -> Drawing.drawnHeight(wrong.image())).max().orElse(0);
    int cellHeight = pictureHeight + 3 * line + 2 * GAP;
    int lines = (shown.size() + IN_A_LINE - 1) / IN_A_LINE;
    int width = Math.max(Math.min(IN_A_LINE, shown.size()) * cellWidth, letters.width(title));
    int top = MARGIN + 2 * line;
    BufferedImage sheet =
        Drawing.sheet(width + 2 * MARGIN, top + lines * cellHeight + MARGIN - 2 * GAP);
    Graphics2D canvas = sheet.createGraphics();
    letters.level(canvas, title, MARGIN, MARGIN + letters.height(), Drawing.INK);
    for (int i = 0; i < shown.size(); i++) {
      int x = MARGIN + i % IN_A_LINE * cellWidth;
      int y = top + i / IN_A_LINE * cellHeight;
      Drawing.draw(canvas, shown.get(i).image(), x, y);
      for (int w = 0; w < words.get(i).size(); w++) {
        letters.level(
            canvas, words.get(i).get(w), x, y + pictureHeight + (w + 1) * line, Drawing.INK);
      }
    }
    canvas.dispose();
    return sheet;
  }

  private static String shortened(String words) {
    return words.length() <= LONGEST_NAME ? words : words.substring(0, LONGEST_NAME - 1) + "…";
  }
}
