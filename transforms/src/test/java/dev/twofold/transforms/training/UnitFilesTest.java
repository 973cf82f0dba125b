package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.training.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitFilesTest {
  @TempDir private Path folder;

  private UnitFiles saved(int step) throws IOException {
    Weights weights = new Weights();
    weights.put("a", new Weight(new long[] {1}, new float[] {step}));
    UnitFiles files = new UnitFiles(folder);
    files.save(new Checkpoint(step, 1, new double[] {0}, weights), 7);
    return files;
  }

  @Test
  void theLastCheckpointIsTheOneToGoOnFrom() throws IOException {
    saved(3);
    UnitFiles files = saved(5);
    assertThat(files.checkpoint().orElseThrow().checkpoint().step()).isEqualTo(5);
    files.deleteCheckpoints();
    assertThat(files.checkpoint()).isEmpty();
  }

  /** As a kill leaves it while the old checkpoint goes and the new one stands aside. */
  @Test
  void halfADeletedCheckpointGivesWayToTheWholeOneAside() throws IOException {
    UnitFiles files = saved(5);
    Files.move(folder.resolve("checkpoint"), folder.resolve("checkpoint.partial"));
    Files.createDirectories(folder.resolve("checkpoint"));
    Files.writeString(folder.resolve("checkpoint/state.json"), "{}");
    assertThat(files.checkpoint().orElseThrow().checkpoint().step()).isEqualTo(5);
  }
}
