package dev.twofold.models.layers;

import java.util.List;

/**
 * Shape of one feature map, in TensorFlow's order.
 *
 * @param height rows
 * @param width columns
 * @param channels of the layer that made it
 */
public record FeatureShape(int height, int width, int channels) {

  long size() {
    return (long) height * width * channels;
  }

  /** As shapes are written elsewhere: {@code [8, 8, 64]}. */
  @Override
  public String toString() {
    return List.of(height, width, channels).toString();
  }
}
