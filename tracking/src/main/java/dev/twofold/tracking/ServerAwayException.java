package dev.twofold.tracking;

/**
 * The server did not answer, or answered that it cannot at this time: the same request is sent
 * again later.
 */
final class ServerAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private enum Kind {
    UNREACHABLE,
    NOT_FOUND,
    TROUBLED
  }

  private final Kind kind;

  private ServerAwayException(String message, Kind kind, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static ServerAwayException unreachable(String message, Throwable cause) {
    return new ServerAwayException(message, Kind.UNREACHABLE, cause);
  }

  static ServerAwayException notFound(String message) {
    return new ServerAwayException(message, Kind.NOT_FOUND, null);
  }

  static ServerAwayException troubled(String message) {
    return new ServerAwayException(message, Kind.TROUBLED, null);
  }

  /** Whether nothing of the server was reached, so that another request would fare no better. */
  boolean isUnreachable() {
    return kind == Kind.UNREACHABLE;
  }

  /** Whether something in the server's place did not know what was asked for. */
  boolean isNotFound() {
    return kind == Kind.NOT_FOUND;
  }
}
