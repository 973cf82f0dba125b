package dev.twofold.transforms.training;

/**
 * Random changes of training images.
 *
 * @param shift largest shift in pixels along each axis; the border repeats
 * @param flip whether half of the images are mirrored left to right; not for characters
 */
public record Augment(int shift, boolean flip) {

  public Augment {
    if (shift < 0) {
      throw new IllegalArgumentException(
          "Invalid augment.shift: %d (must be at least 0)".formatted(shift));
    }
  }
}
