package dev.twofold.pipelines.run;

import dev.twofold.pipelines.console.ProgressDisplay.Audience;
import java.io.PrintStream;

/**
 * How a run is carried out, beside its configuration.
 *
 * @param flink [local], or HOST:PORT of a session cluster
 * @param audience of the progress
 * @param out where progress and results go
 */
public record RunOptions(String flink, Audience audience, PrintStream out) {

  /** Where a person reads: not among the lines that a machine parses. */
  PrintStream messages() {
    return audience == Audience.JSON ? System.err : out;
  }
}
