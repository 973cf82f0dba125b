package dev.twofold.pipelines.plan;

/**
 * Whether something has to be made, and why.
 *
 * @param reason who made what is reused, or what differs from the nearest thing that is there
 */
public record Decision(Action action, String reason) {

  /** What a run does about it. */
  public enum Action {
    REUSE,
    RUN,
    /** It is not there, and nothing that is still to be made needs it. */
    SKIP
  }

  static Decision run(String reason) {
    return new Decision(Action.RUN, reason);
  }

  static Decision skip(String reason) {
    return new Decision(Action.SKIP, reason);
  }

  static Decision reuse(String reason) {
    return new Decision(Action.REUSE, reason);
  }
}
