package dev.twofold.pipelines.recorded;

/** A name that is no run's, or that of several; the message says which there are. */
public final class UnknownRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownRunException(String message) {
    super(message);
  }
}
