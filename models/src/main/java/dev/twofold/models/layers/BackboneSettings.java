package dev.twofold.models.layers;

import java.util.List;

/**
 * The network of one column.
 *
 * @param name {@code vgg11}, {@code vgg13}, {@code vgg16}, {@code vgg19}; null when {@code vgg}
 *     gives the layers
 * @param vgg output channels of each 3×3 convolution, {@code M} for 2×2 max pooling, as in {@code
 *     [64, M, 128, M]}; null when {@code name} gives them
 * @param fullyConnected widths of the hidden fully connected layers f^1 … f^(H-1)
 * @param batchNorm whether each convolution is followed by batch normalisation
 */
public record BackboneSettings(
    String name, List<String> vgg, List<Integer> fullyConnected, boolean batchNorm) {

  /** The five-block network of Figure 1 of [B]: what METHODS' own figures were measured with. */
  public static final List<String> FIVE_BLOCKS =
      List.of("64", "M", "128", "M", "256", "M", "512", "M", "512", "M");

  public BackboneSettings {
    if (name != null && vgg != null) {
      throw new IllegalArgumentException(
          "Invalid backbone: both name %s and vgg %s (must be one of them)".formatted(name, vgg));
    }
    if (name == null && vgg == null) {
      vgg = FIVE_BLOCKS;
    }
    vgg = vgg == null ? null : List.copyOf(vgg);
    fullyConnected = fullyConnected == null ? List.of(256, 256) : List.copyOf(fullyConnected);
    for (int width : fullyConnected) {
      if (width < 1) {
        throw new IllegalArgumentException(
            "Invalid backbone.fullyConnected: %s (must be positive)".formatted(fullyConnected));
      }
    }
    Vgg.layers(name, vgg);
  }

  /** Output channels of each convolution, 0 for a pooling layer, in order. */
  public List<Integer> layers() {
    return Vgg.layers(name, vgg);
  }
}
