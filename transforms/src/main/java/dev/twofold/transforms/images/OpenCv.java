package dev.twofold.transforms.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.opencv.core.Core;

/** OpenCV's natives, loaded once. */
final class OpenCv {
  private static final String NATIVES =
      "/nu/pattern/opencv/linux/x86_64/lib" + Core.NATIVE_LIBRARY_NAME + ".so";

  static {
    loadNatives();
    // Elements are the unit of parallelism; OpenCV's own threads would only compete with them.
    Core.setNumThreads(1);
  }

  private OpenCv() {}

  /** Returns when the natives are there. */
  static void load() {}

  /**
   * From a copy that is deleted as soon as it is mapped. The library's own loader deletes its copy
   * when the virtual machine ends, which is too late for a TaskManager, where every job loads it
   * anew, and never for a killed process.
   */
  private static void loadNatives() {
    try {
      Path copy = Files.createTempFile("twofold-opencv-", ".so");
      try (InputStream natives = Core.class.getResourceAsStream(NATIVES)) {
        Files.copy(natives, copy, StandardCopyOption.REPLACE_EXISTING);
        System.load(copy.toString());
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack OpenCV into java.io.tmpdir", e);
    }
  }
}
