package dev.twofold.transforms.training;

/** How a model process ends. */
public final class ExitCodes {
  static final int DONE = 0;
  static final int BAD_REQUEST = 10;
  static final int DATA = 11;
  static final int DIVERGED = 12;
  static final int OUT_OF_MEMORY = 13;
  static final int CANCELLED = 143;

  private ExitCodes() {}

  /** Whether running again cannot help. */
  public static boolean isFinal(int code) {
    return code >= BAD_REQUEST && code <= OUT_OF_MEMORY;
  }
}
