package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.junit.jupiter.api.Test;

class FlinkOptionsTest {
  private static final Optional<Path> JAR = Optional.of(Path.of("/opt/twofold.jar"));

  @Test
  void embeddedFlinkOutlivesAPause() throws IOException {
    FlinkPipelineOptions options = FlinkOptions.of("a", FlinkOptions.EMBEDDED, 2, JAR, 1);
    assertThat(Path.of(options.getFlinkConfDir(), "flink-conf.yaml"))
        .content()
        .contains("heartbeat.timeout: %d\n".formatted(Duration.ofDays(1).toMillis()));
    assertThat(options.getFilesToStage()).isEmpty();
  }

  @Test
  void embeddedFlinkWritesIntoAFolderThatIsDeleted() throws IOException {
    Path folder = embeddedFolder();
    assertThat(folder.resolve("flink-conf.yaml"))
        .content()
        .contains("io.tmp.dirs: %s\n".formatted(folder))
        .contains("web.tmpdir: %s\n".formatted(folder));

    Files.createFile(Files.createDirectories(folder.resolve("minicluster_a/tmp")).resolve("b"));
    FlinkFolder.deleteAll();
    assertThat(folder).doesNotExist();
  }

  @Test
  void whatAKilledCommandLeftIsDeletedAWeekLater() throws IOException, InterruptedException {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path old = leftBy(dead.pid(), Duration.ofDays(8));
    Path young = leftBy(dead.pid(), Duration.ofDays(6));
    Path alive = leftBy(ProcessHandle.current().pid(), Duration.ofDays(8));
    try {
      embeddedFolder();
      assertThat(old).doesNotExist();
      assertThat(young).exists();
      assertThat(alive).exists();
    } finally {
      for (Path left : List.of(old, young, alive)) {
        Files.deleteIfExists(left.resolve("flink-conf.yaml"));
        Files.deleteIfExists(left);
      }
    }
  }

  private static Path leftBy(long process, Duration age) throws IOException {
    Path folder = Files.createTempDirectory("twofold-flink-%d-".formatted(process));
    Files.createFile(folder.resolve("flink-conf.yaml"));
    return Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
  }

  private static Path embeddedFolder() throws IOException {
    return Path.of(FlinkOptions.of("a", FlinkOptions.EMBEDDED, 2, JAR, 1).getFlinkConfDir());
  }

  @Test
  void aClusterKeepsItsOwnConfigurationAndGetsTheJar() throws IOException {
    FlinkPipelineOptions options = FlinkOptions.of("a", "localhost:8081", 2, JAR, 1);
    assertThat(options.getFlinkConfDir()).isNull();
    assertThat(options.getFilesToStage()).containsExactly("/opt/twofold.jar");
  }
}
