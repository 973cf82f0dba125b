package dev.twofold.pipelines.compare;

/** Runs between which no comparison says anything; the message says why. */
public final class IncomparableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IncomparableException(String message) {
    super(message);
  }
}
