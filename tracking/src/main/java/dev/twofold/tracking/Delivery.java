package dev.twofold.tracking;

import java.util.List;

/**
 * What became of the runs that a {@link Tracker} was given.
 *
 * @param offline whether nothing was to be sent
 * @param runs how many runs there are
 * @param undelivered what the server does not have yet
 * @param warnings what the server has in another form than the logs
 */
public record Delivery(
    boolean offline, int runs, List<Undelivered> undelivered, List<String> warnings) {

  public Delivery {
    undelivered = List.copyOf(undelivered);
    warnings = List.copyOf(warnings);
  }

  /** Whether the server has all that the logs hold, as far as it was to have it. */
  public boolean isComplete() {
    return undelivered.isEmpty();
  }

  /**
   * A run that the server does not have whole.
   *
   * @param run its name
   * @param reason why, on one line
   */
  public record Undelivered(String run, String key, String reason) {}
}
