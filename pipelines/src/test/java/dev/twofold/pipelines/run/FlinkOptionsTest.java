package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
  void aClusterKeepsItsOwnConfigurationAndGetsTheJar() throws IOException {
    FlinkPipelineOptions options = FlinkOptions.of("a", "localhost:8081", 2, JAR, 1);
    assertThat(options.getFlinkConfDir()).isNull();
    assertThat(options.getFilesToStage()).containsExactly("/opt/twofold.jar");
  }
}
