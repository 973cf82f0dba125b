package dev.twofold.models;

/**
 * Shape of one image, in TensorFlow's order.
 *
 * @param height rows, in pixels
 * @param width columns, in pixels
 * @param channels 1 (grey) or 3 (RGB)
 */
public record ImageShape(int height, int width, int channels) {

  public ImageShape {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Invalid image size: %d x %d (must be at least 1 x 1)".formatted(height, width));
    }
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "Invalid channels: %d (must be 1 or 3)".formatted(channels));
    }
  }

  /** Number of bytes of one image. */
  public int size() {
    return height * width * channels;
  }
}
