package dev.twofold.tracking;

/** No tracking server can be had: a message of one line that names the address and the remedy. */
public final class TrackingRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrackingRefusedException(String message) {
    super(message);
  }

  TrackingRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
