package dev.twofold.transforms.images;

import java.awt.image.BufferedImage;

/** A dataset's pixels as Java's pictures. */
public final class Pixels {

  private Pixels() {}

  /**
   * A row as a picture.
   *
   * @param pixels height × width × channels, with 1 channel or 3
   */
  public static BufferedImage picture(byte[] pixels, int width, int height, int channels) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb(pixels, i * channels, channels));
    }
    return image;
  }

  private static int rgb(byte[] pixels, int at, int channels) {
    int red = pixels[at] & 255;
    int green = channels == 1 ? red : pixels[at + 1] & 255;
    int blue = channels == 1 ? red : pixels[at + 2] & 255;
    return (red << 16) | (green << 8) | blue;
  }
}
