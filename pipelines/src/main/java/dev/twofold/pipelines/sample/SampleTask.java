package dev.twofold.pipelines.sample;

import dev.twofold.models.ImageShape;
import java.util.List;

/**
 * One classification task of the sample data.
 *
 * @param name of the archive, without its ending
 * @param shape of every image
 * @param classes in alphabetical order
 * @param imagesPerClass how many images each class has
 * @param kinds what may be seen: a class whose name stands for both kinds shows either
 * @param look how hard its images are to read
 */
public record SampleTask(
    String name,
    ImageShape shape,
    List<String> classes,
    int imagesPerClass,
    List<Kind> kinds,
    Look look) {

  /** What an image shows. */
  public enum Kind {
    /** A character written by hand. */
    GLYPH,
    /** A body in space under a lamp. */
    SOLID
  }

  /**
   * What makes two images of one class differ, beside chance.
   *
   * @param hands how many writers the characters come from
   * @param chalk share of characters that are light on dark, as chalk on a board; the others are
   *     dark on light, as ink on paper, and solids are always light on dark
   * @param scribbles at most how many stray strokes lie under the thing to recognise
   * @param noise standard deviation of each channel of each pixel, 1 being full scale
   */
  public record Look(int hands, double chalk, int scribbles, double noise) {}

  /** File name of the archive. */
  public String archive() {
    return name + ".zip";
  }

  /** Number of images in the archive. */
  public int images() {
    return classes.size() * imagesPerClass;
  }
}
