package dev.twofold.models.layers;

import dev.twofold.models.EnumNames;
import java.util.List;

/**
 * The network of one column.
 *
 * @param name {@code vgg11}, {@code vgg13}, {@code vgg16}, {@code vgg19}, {@code resnet18}, {@code
 *     resnet34}, {@code resnet50}; null when {@code vgg} gives the layers
 * @param vgg output channels of each 3×3 convolution, {@code M} for 2×2 max pooling, as in {@code
 *     [64, M, 128, M]}; null when {@code name} gives them
 * @param fullyConnected widths of the hidden fully connected layers f^1 … f^(H-1)
 * @param batchNorm whether each convolution is followed by batch normalisation: always in a ResNet,
 *     by default not in a VGG
 * @param stem how a ResNet begins: {@code small}, a convolution 3×3, or {@code large}, a
 *     convolution 7×7 and a pooling, which make maps of a quarter of the image's height and width;
 *     null for a VGG
 */
public record BackboneSettings(
    String name, List<String> vgg, List<Integer> fullyConnected, Boolean batchNorm, Stem stem) {

  /** The five-block network of Figure 1 of [B], arXiv 2201.02305. */
  public static final List<String> FIVE_BLOCKS =
      List.of("64", "M", "128", "M", "256", "M", "512", "M", "512", "M");

  /** Largest height or width at which a ResNet begins with the small stem unless told otherwise. */
  private static final int SMALL = 64;

  public BackboneSettings {
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
    if (name != null && vgg != null) {
      throw new IllegalArgumentException(
          "Invalid backbone: both name %s and vgg %s (must be one of them)".formatted(name, vgg));
    }
    batchNorm = batchNorm == null ? ResNet.named(name).isPresent() : batchNorm;
    if (ResNet.named(name).isPresent()) {
      stem = stem == null ? Stem.SMALL : stem;
      checkResNet(name, batchNorm);
    } else {
      Vgg.layers(name, vgg);
      checkVgg(stem);
    }
  }

  private static void checkResNet(String name, boolean batchNorm) {
    if (!batchNorm) {
      throw new IllegalArgumentException(
          "Invalid backbone.batchNorm: false (must be true for %s, whose blocks are defined with it)"
              .formatted(name));
    }
  }

  private static void checkVgg(Stem stem) {
    if (stem != null) {
      throw new IllegalArgumentException(
          "Invalid backbone.stem: %s (must be left out for a VGG, which has none)"
              .formatted(EnumNames.of(stem)));
    }
  }

  /** A network without a say in how it begins. */
  public BackboneSettings(
      String name, List<String> vgg, List<Integer> fullyConnected, Boolean batchNorm) {
    this(name, vgg, fullyConnected, batchNorm, null);
  }

  /** The same with the stem that suits images of this height or width, if it is a ResNet. */
  public BackboneSettings forImagesOf(int pixels) {
    Stem suited = pixels > SMALL ? Stem.LARGE : Stem.SMALL;
    return new BackboneSettings(name, vgg, fullyConnected, batchNorm, stem == null ? null : suited);
  }

  /** Output channels of each convolution of a VGG, 0 for a pooling layer, in order. */
  public List<Integer> layers() {
    return Vgg.layers(name, vgg);
  }

  /** Whether it is a ResNet. */
  public boolean residual() {
    return ResNet.named(name).isPresent();
  }

  Trunk trunk(int channels) {
    return ResNet.named(name)
        .<Trunk>map(network -> new ResNetTrunk(network, stem, channels))
        .orElseGet(() -> new VggTrunk(layers(), channels, batchNorm));
  }
}
