package dev.twofold.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindWorkdirTest {
  private static final String TOKEN = "invocations/one.json";

  @TempDir Path workdir;

  private PipelineResult.State run() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of("dataset"))
        .apply(ParDo.of(new FindWorkdir<>(workdir.toString(), TOKEN)));
    return pipeline.run().waitUntilFinish();
  }

  @Test
  void goesOnWhereTheClientsFileIs() throws Exception {
    Files.createDirectories(workdir.resolve(TOKEN).getParent());
    Files.writeString(workdir.resolve(TOKEN), "{}");
    assertThat(run()).isEqualTo(PipelineResult.State.DONE);
  }

  @Test
  void refusesAnotherStorageByNameOfWorkerAndFolder() throws Exception {
    assertThatThrownBy(this::run)
        .hasMessageContaining(workdir.toString())
        .hasMessageContaining(InetAddress.getLocalHost().getHostName())
        .hasMessageContaining(TOKEN)
        .hasMessageContaining("same storage");
  }
}
