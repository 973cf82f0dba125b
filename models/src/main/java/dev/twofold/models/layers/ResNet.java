package dev.twofold.models.layers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ResNet family, He et al. (CVPR 2016), Table 1.
 *
 * @param blocks in each of the stages conv2_x … conv5_x
 * @param sizes kh = kw of each convolution of a block
 * @param strided index of the one that halves the maps where a stage begins. In bottlenecks this is
 *     the 3×3 convolution, as in the public weights, not the 1×1 before it as in Table 1
 * @param expansion output channels of a block / its width
 */
record ResNet(List<Integer> blocks, List<Integer> sizes, int strided, int expansion) {

  /** Width of the blocks of each stage, before expansion. */
  static final List<Integer> WIDTHS = List.of(64, 128, 256, 512);

  private static final Map<String, ResNet> NAMED =
      Map.of(
          "resnet18", basic(2, 2, 2, 2),
          "resnet34", basic(3, 4, 6, 3),
          "resnet50", bottleneck(3, 4, 6, 3));

  /** Their Figure 5, left. */
  private static ResNet basic(Integer... blocks) {
    return new ResNet(List.of(blocks), List.of(3, 3), 0, 1);
  }

  /** Their Figure 5, right. */
  private static ResNet bottleneck(Integer... blocks) {
    return new ResNet(List.of(blocks), List.of(1, 3, 1), 1, 4);
  }

  static Optional<ResNet> named(String name) {
    return Optional.ofNullable(name).map(NAMED::get);
  }
}
