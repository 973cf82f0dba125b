package dev.twofold.pipelines.run;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
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

  /** Of folders in java.io.tmpdir; the command's process number follows. */
  private static final String PREFIX = "twofold-flink-";

  /** Long, since the processes of another container, which may share the folder, are not seen. */
  private static final Duration ABANDONED = Duration.ofDays(7);

  /** What a folder can be called in a setting: # begins a comment, and the others a next folder. */
  private static final Pattern NAMEABLE = Pattern.compile("[^#,:]+");

  /** What embedded Flinks of this process write, and their settings. */
  private static final Set<Path> FOLDERS = ConcurrentHashMap.newKeySet();

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
    String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    Path folder = Files.createTempDirectory(prefix).toAbsolutePath();
    FOLDERS.add(folder);
    deleteAtEnd(folder);
    deleteAbandoned(folder);
    List<String> settings = new ArrayList<>(embeddedSettings(parallelism, shuffles));
    if (NAMEABLE.matcher(folder.toString()).matches()) {
      settings.add("io.tmp.dirs: " + folder);
      settings.add("web.tmpdir: " + folder);
    }
    Files.write(folder.resolve("flink-conf.yaml"), settings);
    return folder;
  }

  /**
   * Embedded Flink tidies up in the background, and the command does not wait for it. Files that
   * are to be deleted on exit are deleted when all shutdown hooks are done, so that a pipeline that
   * is interrupted has its files to the last.
   */
  private static void deleteAtEnd(Path folder) {
    Runnable mark = () -> contents(folder).forEach(path -> path.toFile().deleteOnExit());
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(mark, "delete-flink-files"));
    } catch (IllegalStateException ending) {
      // The command was interrupted, and deletes its folders itself.
    }
  }

  /** What embedded Flinks left; for a command that ends the virtual machine without its hooks. */
  public static void deleteFolders() {
    FOLDERS.forEach(FlinkOptions::delete);
  }

  /** Folders of commands that were killed. */
  private static void deleteAbandoned(Path own) {
    Instant old = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(own.getParent(), PREFIX + "[0-9]*-*")) {
      for (Path folder : folders) {
        String name = folder.getFileName().toString().substring(PREFIX.length());
        long pid = Long.parseLong(name.split("-", -1)[0]);
        if (ProcessHandle.of(pid).isEmpty()
            && Files.getLastModifiedTime(folder).toInstant().isBefore(old)
            && Files.getOwner(folder).equals(Files.getOwner(own))) {
          delete(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
      // Then they stay: the command needs none of it.
    }
  }

  private static void delete(Path folder) {
    List<Path> paths = contents(folder);
    Collections.reverse(paths);
    for (Path path : paths) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Flink may still be writing there; a later command deletes it.
      }
    }
  }

  /** A folder and all below it, parents first; Flink may be deleting them meanwhile. */
  private static List<Path> contents(Path folder) {
    List<Path> paths = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              paths.add(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              paths.add(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // What was seen until then
    }
    return paths;
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
