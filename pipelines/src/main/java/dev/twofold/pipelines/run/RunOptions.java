package dev.twofold.pipelines.run;

import dev.twofold.pipelines.console.ProgressDisplay.Audience;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * How a run is carried out, beside its configuration.
 *
 * @param file the configuration's, as it was named
 * @param flink {@link FlinkOptions#EMBEDDED}, or HOST:PORT of a session cluster
 * @param audience of the progress
 * @param out where progress and results go
 */
public record RunOptions(Path file, String flink, Audience audience, PrintStream out) {

  /** Where a person reads: not among the lines that a machine parses. */
  PrintStream messages() {
    return audience == Audience.JSON ? System.err : out;
  }
}
