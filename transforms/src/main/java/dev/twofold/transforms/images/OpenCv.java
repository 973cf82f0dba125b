package dev.twofold.transforms.images;

import dev.twofold.transforms.artifacts.FileTrouble;
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

  private static boolean loaded;

  private OpenCv() {}

  /**
   * Returns when the natives are there.
   *
   * @throws UncheckedIOException naming the folder that they cannot be loaded from
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    load(Core.class.getResourceAsStream(NATIVES));
    // Elements are the unit of parallelism; OpenCV's own threads would only compete with them.
    Core.setNumThreads(1);
    loaded = true;
  }

  /**
   * From a copy that is deleted as soon as it is mapped. The library's own loader deletes its copy
   * when the virtual machine ends, which is too late for a TaskManager, where every job loads it
   * anew, and never for a killed process.
   */
  static void load(InputStream natives) {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try (natives) {
      Path copy = Files.createTempFile(folder, "twofold-opencv-", ".so");
      try {
        Files.copy(natives, copy, StandardCopyOption.REPLACE_EXISTING);
        System.load(copy.toString());
      } catch (UnsatisfiedLinkError e) {
        throw new IOException(e.getMessage().replace(copy + ": ", ""), e);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw cannotLoad(folder, e);
    }
  }

  /** Its innermost cause says it too, since of a failed job that is what a person is shown. */
  private static UncheckedIOException cannotLoad(Path folder, IOException e) {
    IOException failure =
        new IOException(
            "Cannot load OpenCV from java.io.tmpdir, %s (must have 100 MB free and not be mounted noexec; name another: JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=/path)"
                .formatted(FileTrouble.reason(folder, e)));
    failure.addSuppressed(e);
    return new UncheckedIOException(failure.getMessage(), failure);
  }
}
