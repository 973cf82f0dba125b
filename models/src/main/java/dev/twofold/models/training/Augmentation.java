package dev.twofold.models.training;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import java.util.SplittableRandom;

/**
 * Random shifts and mirror images of training batches.
 *
 * @param shift largest shift in pixels along each axis; border pixels repeat
 * @param flip whether half of the images are mirrored left to right
 */
public record Augmentation(int shift, boolean flip) {

  /** Leaves every image as it is. */
  public static final Augmentation NONE = new Augmentation(0, false);

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
    int channels = shape.channels();
    for (int y = 0; y < shape.height(); y++) {
      int row = start + clamp(y - down, shape.height()) * shape.width() * channels;
      for (int x = 0; x < shape.width(); x++) {
        int column = clamp(x - right, shape.width());
        int source = row + (mirrored ? shape.width() - 1 - column : column) * channels;
        System.arraycopy(from, source, to, start + (y * shape.width() + x) * channels, channels);
      }
    }
  }

  private static int clamp(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }
}
