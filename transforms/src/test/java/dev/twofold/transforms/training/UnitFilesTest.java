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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** As a power loss may leave it; the unit must not wait for it for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"weights.npz", "state.json"})
  void aTornCheckpointIsNone(String torn) throws IOException {
    UnitFiles files = saved(5);
    Files.write(folder.resolve("checkpoint").resolve(torn), new byte[0]);
    assertThat(files.checkpoint()).isEmpty();
    saved(6);
    assertThat(files.checkpoint().orElseThrow().checkpoint().step()).isEqualTo(6);
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
