package dev.twofold.pipelines.configuration;

/** A record refused its values; carries the place of the value to blame. */
final class MisplacedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Place place;

  MisplacedException(String message, Place place, Throwable cause) {
    super(message, cause);
    this.place = place;
  }

  Place place() {
    return place;
  }
}
