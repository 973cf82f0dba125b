package dev.twofold.transforms.sources;

import java.nio.file.Path;

/** A dataset that cannot be used as it is; the message tells a person what to change. */
public final class DataRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataRefusedException(String message) {
    super(message);
  }

  public DataRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Of a dataset whose source, label file or class names are nowhere. */
  public static DataRefusedException absent(String dataset, Path path) {
    return new DataRefusedException(
        "Cannot read dataset %s: %s: there is no such file or folder".formatted(dataset, path));
  }
}
