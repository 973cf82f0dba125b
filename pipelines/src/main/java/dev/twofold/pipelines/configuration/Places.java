package dev.twofold.pipelines.configuration;

/** Where the keys of a configuration are written, for problems that show later than at reading. */
public final class Places {
  private final Tree root;

  Places(Tree root) {
    this.root = root;
  }

  /**
   * A problem with what stands under these keys.
   *
   * @param what is wrong
   * @param remedy what to write instead; may be empty
   */
  public Problem problem(String what, String remedy, String... keys) {
    return new Problem(what, Tree.placeOf(root, keys), remedy);
  }
}
