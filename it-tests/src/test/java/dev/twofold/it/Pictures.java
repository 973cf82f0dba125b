package dev.twofold.it;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Datasets of a moment: every class has a bright spot in a place of its own, under noise. Half of
 * the pictures have a second spot anywhere, or all methods would be right about all of them.
 */
final class Pictures {
  static final int PER_CLASS = 20;

  /** In three columns and two rows. */
  private static final int PLACES = 6;

  private Pictures() {}

  /** Writes class/number.png for as many classes as there are names. */
  static void write(Path dataset, int size, String... classes) throws IOException {
    for (int c = 0; c < classes.length; c++) {
      Path folder = Files.createDirectories(dataset.resolve(classes[c]));
      for (int i = 0; i < PER_CLASS; i++) {
        Files.write(folder.resolve(i + ".png"), png(size, c, i));
      }
    }
  }

  /** Writes what is no picture in the place of the first ones of every class. */
  static void spoil(Path dataset, int perClass, String... classes) throws IOException {
    for (String name : classes) {
      for (int i = 0; i < perClass; i++) {
        Files.writeString(dataset.resolve(name).resolve(i + ".png"), "no picture");
      }
    }
  }

  static byte[] png(int size, int place, int number) throws IOException {
    SplittableRandom random = new SplittableRandom(place * 1000L + number);
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    int second = random.nextBoolean() ? random.nextInt(PLACES) : place;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int here = y * 2 / size * 3 + x * 3 / size;
        int grey = (here == place || here == second ? 100 : 40) + random.nextInt(120);
        image.setRGB(x, y, new Color(grey, grey, 255 - grey).getRGB());
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
