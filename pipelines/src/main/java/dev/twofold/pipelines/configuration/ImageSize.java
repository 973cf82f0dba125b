package dev.twofold.pipelines.configuration;

/**
 * Working size of images, written as one number or as [height, width].
 *
 * @param height rows, in pixels
 * @param width columns, in pixels
 */
public record ImageSize(int height, int width) {

  static ImageSize read(Tree tree, String path, Binder binder) {
    if (tree.plain() instanceof Long side && isSide(side)) {
      return new ImageSize(side.intValue(), side.intValue());
    }
    if (tree instanceof Tree.Sequence sequence
        && sequence.items().size() == 2
        && sequence.items().get(0).plain() instanceof Long height
        && sequence.items().get(1).plain() instanceof Long width
        && isSide(height)
        && isSide(width)) {
      return new ImageSize(height.intValue(), width.intValue());
    }
    binder.invalid(tree, path, "one number of pixels, or [height, width], each 1 to 4096");
    return null;
  }

  private static boolean isSide(long pixels) {
    return pixels >= 1 && pixels <= 4096;
  }
}
