package dev.twofold.models.evaluation;

import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.internal.c_api.global.tensorflow;

/**
 * Lets DJL's TensorFlow engine use the natives that training uses. Without the word where they are
 * it would download its own.
 */
final class NativeLibraries {

  private static final String PROPERTY = "TENSORFLOW_LIBRARY_PATH";

  private NativeLibraries() {}

  /** Names the folder that the natives were unpacked to. */
  static synchronized void announce() {
    if (System.getProperty(PROPERTY) == null) {
      Path library = Path.of(Loader.load(tensorflow.class));
      System.setProperty(PROPERTY, library.getParent().toString());
    }
  }
}
