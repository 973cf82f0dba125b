package dev.twofold.transforms.training;

/**
 * What became of a unit or a trial in a run.
 *
 * @param stage pretrain, train or evaluate
 * @param key of its artifact
 * @param status done or failed
 * @param reason of a failure; empty otherwise
 * @param code exit code of a failed process; 0 otherwise
 */
public record Outcome(String stage, String key, Status status, String reason, int code) {

  /** Ways to end. */
  public enum Status {
    DONE,
    FAILED
  }
}
