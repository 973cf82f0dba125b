package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.recorded.RecordedRuns;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every command takes that looks at runs which are there. */
final class WorkdirArguments {

  /** How a run may be named, for the help of these commands. */
  static final String RUN =
      "A run: its folder, its key or the beginning of it, or its name with slashes, as MLflow and"
          + " the result table show it: mtal/pair/1, \"mtal (threshold = 0.4)/pair\".";

  @Option(
      names = "--workdir",
      paramLabel = "DIR",
      defaultValue = Configuration.WORKDIR,
      description = "Where the runs are (default: ${DEFAULT-VALUE}).")
  private Path workdir;

  RecordedRuns runs() throws IOException {
    return new RecordedRuns(workdir.toAbsolutePath().normalize());
  }
}
