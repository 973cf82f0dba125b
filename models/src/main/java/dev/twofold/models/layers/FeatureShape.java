package dev.twofold.models.layers;

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
}
