package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwofoldPipelineTest {
  @TempDir private Path workdir;

  /** The whole graph is deployed, also where nothing is to be done. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void asManySlotsAsABigMachineHasFindNetworkBuffers(int slots) throws IOException {
    Files.createFile(workdir.resolve("token"));
    WorkPlan nothing =
        new WorkPlan(
            "start",
            workdir.toString(),
            "token",
            1,
            DeviceChoice.CPU,
            3600,
            List.of(),
            List.of(),
            List.of());
    FlinkPipelineOptions options =
        FlinkOptions.of(
            "slots", FlinkOptions.EMBEDDED, slots, Optional.empty(), TwofoldPipeline.SHUFFLES);
    PipelineResult result = TwofoldPipeline.build(options, List.of(), nothing, slots).run();

    assertThat(result.getState()).isEqualTo(PipelineResult.State.DONE);
  }
}
