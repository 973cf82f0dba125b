package dev.twofold.pipelines.run;

import java.util.List;

/**
 * What a run came to.
 *
 * @param failures one line a failed stage or trial
 * @param undelivered one line for each run that the tracking server does not have whole
 */
public record RunResult(boolean interrupted, List<String> failures, List<String> undelivered) {}
