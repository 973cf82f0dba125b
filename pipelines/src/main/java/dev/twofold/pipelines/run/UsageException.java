package dev.twofold.pipelines.run;

/** A wrong use of the command; the message says what to do. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
