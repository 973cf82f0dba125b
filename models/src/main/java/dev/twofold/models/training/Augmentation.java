package dev.twofold.models.training;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import java.util.SplittableRandom;

/**
 * Random shifts and mirror images of training batches.
 *
 * @param shift largest shift in pixels along each axis; border pixels repeat
 * @param flip whether half of the images are mirrored left to right; not for characters
 */
public record Augmentation(int shift, boolean flip) {

  /** Leaves every image as it is. */
  public static final Augmentation NONE = new Augmentation(0, false);

  public Augmentation {
    if (shift < 0) {
      throw new IllegalArgumentException(
          "Invalid augment.shift: %d (must be at least 0)".formatted(shift));
    }
  }

  /** A changed copy of a batch. */
  public Batch apply(Batch batch, ImageShape shape, SplittableRandom random) {
    if (shift == 0 && !flip) {
      return batch;
    }
    byte[] changed = new byte[batch.pixels().length];
    for (int image = 0; image < batch.size(); image++) {
      int down = random.nextInt(-shift, shift + 1);
      int right = random.nextInt(-shift, shift + 1);
      boolean mirrored = flip && random.nextBoolean();
      move(batch.pixels(), changed, image * shape.size(), shape, down, right, mirrored);
    }
    return new Batch(changed, batch.labels());
  }

  private static void move(
      byte[] from, byte[] to, int start, ImageShape shape, int down, int right, boolean mirrored) {
    int length = shape.width() * shape.channels();
    for (int y = 0; y < shape.height(); y++) {
      int source = start + clamp(y - down, shape.height()) * length;
      int target = start + y * length;
      if (mirrored) {
        mirror(from, source, to, target, shape);
        shift(to, target, to, target, shape, right);
      } else {
        shift(from, source, to, target, shape, right);
      }
    }
  }

  private static void mirror(byte[] from, int source, byte[] to, int target, ImageShape shape) {
    int channels = shape.channels();
    int last = source + (shape.width() - 1) * channels;
    for (int x = 0, at = target; x < shape.width(); x++) {
      for (int c = 0; c < channels; c++) {
        to[at++] = from[last - x * channels + c];
      }
    }
  }

  /** One row, which may be moved within itself. */
  private static void shift(
      byte[] from, int source, byte[] to, int target, ImageShape shape, int right) {
    int channels = shape.channels();
    int width = shape.width();
    int by = Math.max(-width, Math.min(width, right));
    int kept = (width - Math.abs(by)) * channels;
    int border = (by > 0 ? 0 : width - 1) * channels;
    byte[] edge = new byte[channels];
    System.arraycopy(from, source + border, edge, 0, channels);
    System.arraycopy(
        from, source + Math.max(-by, 0) * channels, to, target + Math.max(by, 0) * channels, kept);
    int begin = by > 0 ? 0 : width + by;
    for (int x = begin; x < begin + Math.abs(by); x++) {
      System.arraycopy(edge, 0, to, target + x * channels, channels);
    }
  }

  private static int clamp(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }
}
