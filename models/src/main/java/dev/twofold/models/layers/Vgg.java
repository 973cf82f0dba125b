package dev.twofold.models.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The VGG family, Simonyan and Zisserman (ICLR 2015), Table 1: configurations A, B, D and E. */
final class Vgg {

  /** Stands for a 2×2 max pooling in a list of layers. */
  static final int POOL = 0;

  private static final List<Integer> WIDTHS = List.of(64, 128, 256, 512, 512);

  /** Convolutions in each of the five blocks. */
  private static final Map<String, List<Integer>> BLOCKS =
      Map.of(
          "vgg11", List.of(1, 1, 2, 2, 2),
          "vgg13", List.of(2, 2, 2, 2, 2),
          "vgg16", List.of(2, 2, 3, 3, 3),
          "vgg19", List.of(2, 2, 4, 4, 4));

  private Vgg() {}

  static List<Integer> layers(String name, List<String> specification) {
    return name == null ? parse(specification) : named(name);
  }

  private static List<Integer> named(String name) {
    List<Integer> blocks = BLOCKS.get(name);
    if (blocks == null) {
      throw new IllegalArgumentException(
          "Invalid backbone.name: %s (must be one of resnet18, resnet34, resnet50, vgg11, vgg13, vgg16, vgg19)"
              .formatted(name));
    }
    List<Integer> layers = new ArrayList<>();
    for (int block = 0; block < blocks.size(); block++) {
      for (int i = 0; i < blocks.get(block); i++) {
        layers.add(WIDTHS.get(block));
      }
      layers.add(POOL);
    }
    return List.copyOf(layers);
  }

  private static List<Integer> parse(List<String> specification) {
    List<Integer> layers = new ArrayList<>();
    for (String layer : specification) {
      layers.add(layer.equals("M") ? POOL : channels(layer, specification));
    }
    if (layers.stream().allMatch(layer -> layer == POOL)) {
      throw new IllegalArgumentException(
          "Invalid backbone.vgg: %s (must have at least one convolution)".formatted(specification));
    }
    return List.copyOf(layers);
  }

  private static int channels(String layer, List<String> specification) {
    if (layer.matches("[1-9][0-9]{0,4}")) {
      return Integer.parseInt(layer);
    }
    throw new IllegalArgumentException(
        "Invalid layer %s in backbone.vgg: %s (must be a number of channels, or M for max pooling)"
            .formatted(layer, specification));
  }
}
