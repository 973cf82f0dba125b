package dev.twofold.transforms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrongFigureTest {
  private static final ImageShape SHAPE = new ImageShape(8, 8, 1);
  private static final Task TASK = new Task("grey", SHAPE, List.of("ant", "bee"));

  @TempDir Path folder;

  @Test
  void whereNothingIsWrongThereIsNoFigure() throws IOException {
    Path file = folder.resolve("none.png");
    assertThat(new WrongFigure(TASK).write(file)).isFalse();
    assertThat(file).doesNotExist();
  }

  /** Image i is of the grey level 100 + i, and the surer the higher i is. */
  @Test
  void theSurestAreDrawnInWhicheverOrderTheyCome() throws IOException {
    WrongFigure figure = new WrongFigure(TASK);
    int images = WrongFigure.MOST_IMAGES + 6;
    byte[] pixels = new byte[images * SHAPE.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (100 + i / SHAPE.size());
    }
    Batch batch = new Batch(pixels, new int[images]);
    for (int i = 0; i < images; i++) {
      int number = i * 7 % images; // 7 and 30 have no divisor in common
      figure.add("id" + number, "ant", "bee", .5f + number / 100f, batch, number);
    }
    Path file = folder.resolve("figures/wrong.png");

    assertThat(figure.write(file)).isTrue();

    Map<Integer, Integer> levels = greys(ImageIO.read(file.toFile()));
    for (int i = 0; i < images; i++) {
      int drawn = i < 6 ? 0 : Drawing.SIDE * Drawing.SIDE;
      assertThat(levels.getOrDefault(100 + i, 0)).as("image %d", i).isBetween(drawn, drawn + 400);
    }
    assertThat(levels.getOrDefault(100, 0)).as("of letters alone").isLessThan(400);
  }

  /** Of equal probability, those of the first ids. */
  @Test
  void tiesAreBrokenById() throws IOException {
    Path forth = folder.resolve("forth.png");
    Path back = folder.resolve("back.png");
    int images = WrongFigure.MOST_IMAGES + 1;
    Batch batch = new Batch(new byte[images * SHAPE.size()], new int[images]);
    WrongFigure first = new WrongFigure(TASK);
    WrongFigure second = new WrongFigure(TASK);
    for (int i = 0; i < images; i++) {
      int other = images - 1 - i;
      first.add("id%02d".formatted(i), "c" + i, "bee", .5f, batch, i);
      second.add("id%02d".formatted(other), "c" + other, "bee", .5f, batch, other);
    }
    first.write(forth);
    second.write(back);
    assertThat(back).hasSameBinaryContentAs(forth);
  }

  /** How many pixels there are of each grey. */
  private static Map<Integer, Integer> greys(BufferedImage image) {
    Map<Integer, Integer> levels = new TreeMap<>();
    for (int pixel :
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
      int red = pixel >> 16 & 255;
      if (red == (pixel >> 8 & 255) && red == (pixel & 255)) {
        levels.merge(red, 1, Integer::sum);
      }
    }
    return levels;
  }
}
