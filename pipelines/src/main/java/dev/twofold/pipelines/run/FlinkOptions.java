package dev.twofold.pipelines.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** How the pipeline is given to Flink. */
final class FlinkOptions {
  static final String EMBEDDED = "[local]";

  private FlinkOptions() {}

  /**
   * Options of one submission.
   *
   * @param master HOST:PORT of a session cluster's REST address, or {@link #EMBEDDED}
   * @param jar that holds everything, for a cluster that has nothing installed
   */
  static FlinkPipelineOptions of(String name, String master, int parallelism, Optional<Path> jar) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setJobName(name);
    options.setFlinkMaster(master);
    options.setParallelism(parallelism);
    // On a cluster run() then returns at once, and a cancel is a state and not an exception.
    options.setAttachedMode(master.equals(EMBEDDED));
    options.setFilesToStage(
        master.equals(EMBEDDED)
            ? List.of()
            : jar.map(Path::toString).map(List::of).orElse(List.of()));
    return options;
  }
}
