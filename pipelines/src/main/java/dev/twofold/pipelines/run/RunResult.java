package dev.twofold.pipelines.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run came to.
 *
 * @param failures one line a failed stage or trial
 * @param undelivered one line for each run that the tracking server does not have
 * @param report of this run; empty when it was not written
 */
public record RunResult(
    boolean interrupted, List<String> failures, List<String> undelivered, Optional<Path> report) {

  /** Exit code of the command: DESIGN's list in the README. */
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
