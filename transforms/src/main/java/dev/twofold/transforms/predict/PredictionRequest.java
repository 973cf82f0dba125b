package dev.twofold.transforms.predict;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.twofold.models.ImageShape;
import java.util.List;

/**
 * Images to prepare as a dataset's were.
 *
 * @param inputs paths of images, folders and archives, in the order of the output
 * @param fit stretch, crop, pad or ink
 * @param workdir where a compressed tar is unpacked to
 * @param prepared folder to write to
 */
public record PredictionRequest(
    List<String> inputs,
    int height,
    int width,
    int channels,
    String fit,
    String workdir,
    String prepared) {

  public PredictionRequest {
    inputs = List.copyOf(inputs);
  }

  @JsonIgnore
  public ImageShape shape() {
    return new ImageShape(height, width, channels);
  }
}
