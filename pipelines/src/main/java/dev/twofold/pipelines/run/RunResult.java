package dev.twofold.pipelines.run;

import java.util.List;

/**
 * What a run came to.
 *
 * @param failures one line a failed stage or trial
 * @param undelivered one line for each run that the tracking server does not have whole
 */
public record RunResult(boolean interrupted, List<String> failures, List<String> undelivered) {

  /** Exit code of the command: the README has the list. */
  public int exitCode() {
    if (interrupted) {
      return 130;
    }
    if (!failures.isEmpty()) {
      return 1;
    }
    return undelivered.isEmpty() ? 0 : 6;
  }
}
