package dev.twofold.pipelines.configuration;

/** Where the keys of a configuration are written, for problems that show later than at reading. */
public final class Places {
  private final Tree root;

  Places(Tree root) {
    this.root = root;
  }

  /** The deepest place that is written along these keys. */
  public Place of(String... keys) {
    return Tree.placeOf(root, keys);
  }
}
