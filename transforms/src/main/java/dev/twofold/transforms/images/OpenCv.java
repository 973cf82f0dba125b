package dev.twofold.transforms.images;

import nu.pattern.OpenCV;
import org.opencv.core.Core;

/** OpenCV's natives, loaded once. */
final class OpenCv {
  static {
    OpenCV.loadLocally();
    // Elements are the unit of parallelism; OpenCV's own threads would only compete with them.
    Core.setNumThreads(1);
  }

  private OpenCv() {}

  /** Returns when the natives are there. */
  static void load() {}
}
