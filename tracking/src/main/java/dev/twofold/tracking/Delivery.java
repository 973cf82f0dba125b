package dev.twofold.tracking;

import java.util.List;

/**
 * What became of the runs that a {@link Tracker} was given.
 *
 * @param undelivered what the server does not have yet
 * @param lost what it will never have: files that logs name and that are gone. Only the delivery
 *     that comes upon them says so; a later one has nothing left to send
 * @param warnings what the server has in another form than the logs, or not at all
 */
public record Delivery(
    List<Undelivered> undelivered, List<Undelivered> lost, List<String> warnings) {

  public Delivery {
    undelivered = List.copyOf(undelivered);
    lost = List.copyOf(lost);
    warnings = List.copyOf(warnings);
  }

  /** Whether nothing is left to send. */
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
