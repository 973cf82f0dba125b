package dev.twofold.pipelines.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** How the pipeline is given to Flink. */
public final class FlinkOptions {
  /** The master of a pipeline that runs in this process. */
  public static final String EMBEDDED = "[local]";

  /**
   * Embedded, JobManager and TaskManager are one process: neither can be lost alone, and a process
   * that was stopped for a while, as Ctrl-Z and a suspended machine do, finds all heartbeats late.
   */
  private static final Duration EMBEDDED_HEARTBEAT = Duration.ofDays(1);

  /** Flink's least. What goes over the edges are names of work, never pictures. */
  private static final int BUFFER_BYTES = 4096;

  /** What an embedded Flink has by itself. */
  private static final long LEAST_NETWORK_BYTES = 64L << 20;

  private FlinkOptions() {}

  /**
   * Options of one submission.
   *
   * @param master HOST:PORT of a session cluster's REST address, or {@link #EMBEDDED}
   * @param jar that holds everything, for a cluster that has nothing installed
   * @param shuffles edges of the graph over which every task sends to every other
   */
  static FlinkPipelineOptions of(
      String name, String master, int parallelism, Optional<Path> jar, int shuffles)
      throws IOException {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setJobName(name);
    options.setFlinkMaster(master);
    options.setParallelism(parallelism);
    // On a cluster run() then returns at once, and a cancel is a state and not an exception.
    boolean embedded = master.equals(EMBEDDED);
    options.setAttachedMode(embedded);
    if (embedded) {
      options.setFlinkConfDir(embeddedConfiguration(parallelism, shuffles).toString());
      options.setFilesToStage(List.of());
    } else {
      options.setFilesToStage(jar.map(Path::toString).map(List::of).orElse(List.of()));
    }
    return options;
  }

  private static Path embeddedConfiguration(int parallelism, int shuffles) throws IOException {
    Path folder = FlinkFolder.make();
    List<String> settings = new ArrayList<>(embeddedSettings(parallelism, shuffles));
    settings.addAll(FlinkFolder.settings(folder));
    Files.write(folder.resolve("flink-conf.yaml"), settings);
    return folder;
  }

  /**
   * Memory for all shuffles at once: each has a buffer and two more for every pair of tasks, and
   * some for every task. With Flink's own settings the pairs of fourteen slots have too few.
   */
  private static List<String> embeddedSettings(int parallelism, int shuffles) {
    long tasks = parallelism;
    long network = Math.max(LEAST_NETWORK_BYTES, shuffles * tasks * (3 * tasks + 8) * BUFFER_BYTES);
    return List.of(
        // Milliseconds, without a unit
        "heartbeat.timeout: " + EMBEDDED_HEARTBEAT.toMillis(),
        "taskmanager.memory.segment-size: " + BUFFER_BYTES,
        "taskmanager.memory.network.min: " + network,
        "taskmanager.memory.network.max: " + network);
  }
}
