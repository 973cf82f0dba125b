package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Claim;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.ModelProcesses.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedTest {
  private static final StageKey UNIT = new StageKey("train", "0123456789abcdef0123456789abcdef");

  @TempDir private Path workdir;
  private ArtifactStore store;
  private Unfinished unfinished;

  @BeforeEach
  void aStore() {
    store = new ArtifactStore(workdir);
    unfinished = new Unfinished(store);
  }

  @Test
  void nothingIsThere() {
    assertThat(unfinished.state(UNIT)).isEmpty();
  }

  @Test
  void anInterruptedUnitGoesOnFromItsCheckpoint() throws IOException {
    Weights weights = new Weights();
    weights.put("a", new Weight(new long[] {1}, new float[] {1}));
    new UnitFiles(store.createDirectory(UNIT))
        .save(new Checkpoint(40, 1, new double[] {0}, weights), 7);

    assertThat(unfinished.state(UNIT)).contains("it was interrupted and goes on from step 40");
  }

  @Test
  void aFailedUnitSaysWhy() throws IOException {
    new Failures(
            new WorkPlan(
                "1",
                workdir.toString(),
                "",
                1,
                DeviceChoice.CPU,
                3600,
                List.of(),
                List.of(),
                List.of()))
        .add(UNIT, new Ending(1, "no space left"));

    assertThat(unfinished.state(UNIT)).contains("it failed: no space left");
  }

  @Test
  void aUnitThatIsBeingMadeNamesTheProcess() {
    try (Claim claim = Claim.take(store.directory(UNIT), "a worker").orElseThrow()) {
      assertThat(claim.isHeld()).isTrue();
      assertThat(unfinished.state(UNIT).orElseThrow())
          .matches("process %d on [^/]+ is at it".formatted(ProcessHandle.current().pid()));
    }
    assertThat(unfinished.state(UNIT)).isEmpty();
  }
}
