package dev.twofold.transforms.sources;

/** A dataset that cannot be used as it is; the message tells a person what to change. */
public final class DataRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataRefusedException(String message) {
    super(message);
  }

  public DataRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
