package dev.twofold.tracking;

/**
 * The server did not answer, or answered that it cannot at this time: the same request is sent
 * again later.
 */
final class ServerAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether nothing of the server was reached, so that another request would fare no better. */
  private final boolean unreachable;

  private ServerAwayException(String message, boolean unreachable, Throwable cause) {
    super(message, cause);
    this.unreachable = unreachable;
  }

  static ServerAwayException unreachable(String message, Throwable cause) {
    return new ServerAwayException(message, true, cause);
  }

  static ServerAwayException troubled(String message) {
    return new ServerAwayException(message, false, null);
  }

  boolean isUnreachable() {
    return unreachable;
  }
}
