package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  private static final Map<String, Object> INPUTS = Map.of("stage", "ingest", "seed", 1);

  @TempDir Path workdir;

  private final StageKey key = StageKey.of("ingest", INPUTS);

  @Test
  void artifactIsThereOnceItsManifestIs() throws Exception {
    ArtifactStore store = store();
    Files.writeString(store.createDirectory(key).resolve("part-00000.parquet"), "rows");

    assertThat(store.find(key)).isEmpty();
    store.commit(key, INPUTS, Map.of("name", "amazon"));

    Manifest manifest = store.find(key).orElseThrow();
    assertThat(manifest.files()).containsExactly(new Manifest.Entry("part-00000.parquet", 4));
    assertThat(manifest.inputs().get("seed").intValue()).isEqualTo(1);
    assertThat(manifest.context().get("name").textValue()).isEqualTo("amazon");
    assertThat(store.directory(key)).isEqualTo(workdir.resolve("artifacts/ingest/" + key.hex()));
  }

  @Test
  void whatAnotherWriterHasHalfWrittenIsNoPart() throws Exception {
    ArtifactStore store = store();
    Path file = store.createDirectory(key).resolve("result.json");
    Files.writeString(file, "{}");
    Files.writeString(DurableFiles.temporaryBeside(file), "{");
    assertThat(store.commit(key, INPUTS, Map.of()).files())
        .containsExactly(new Manifest.Entry("result.json", 2));
  }

  /** As an attempt leaves it that is killed at its end, and models that are half deleted. */
  @Test
  void checkpointsAndWhatIsPutAsideAreNoPart() throws Exception {
    ArtifactStore store = store();
    Path directory = store.createDirectory(key);
    Files.writeString(directory.resolve("result.json"), "{}");
    for (String aside : new String[] {"checkpoint", "checkpoint.partial", ".savedmodel"}) {
      Files.createDirectories(directory.resolve(aside));
      Files.writeString(directory.resolve(aside).resolve("weights.npz"), "weights");
    }
    assertThat(store.commit(key, INPUTS, Map.of()).files())
        .containsExactly(new Manifest.Entry("result.json", 2));
  }

  @Test
  void artifactStaysWholeWithoutWhatItsManifestLeavesOut() throws Exception {
    ArtifactStore store = store();
    Path directory = store.createDirectory(key);
    Files.writeString(directory.resolve("result.json"), "{}");
    Files.createDirectories(directory.resolve("savedmodel/a"));
    Files.writeString(directory.resolve("savedmodel/a/x"), "x");
    Manifest before = store.commit(key, INPUTS, Map.of("name", "amazon"));
    assertThat(before.files()).hasSize(2);

    store.leaveOut(key, before, "savedmodel");
    Manifest after = store.find(key).orElseThrow();
    assertThat(after.files()).containsExactly(new Manifest.Entry("result.json", 2));
    assertThat(after)
        .returns(before.created(), Manifest::created)
        .returns(before.inputs(), Manifest::inputs)
        .returns(before.context(), Manifest::context);

    DurableFiles.deleteTree(directory.resolve("savedmodel"));
    assertThat(store.find(key)).contains(after);
  }

  @Test
  void artifactWithATruncatedFileIsNotWhole() throws Exception {
    ArtifactStore store = store();
    Path file = store.createDirectory(key).resolve("weights.npz");
    Files.writeString(file, "weights");
    store.commit(key, INPUTS, Map.of());

    Files.writeString(file, "weig");

    assertThat(store.find(key)).isEmpty();
  }

  @Test
  void artifactWithADamagedManifestIsNotWhole() throws Exception {
    ArtifactStore store = store();
    store.createDirectory(key);
    store.commit(key, INPUTS, Map.of());
    for (String damaged : new String[] {"", "{", "{}", "null", "{\"format\":1,\"files\":[null]}"}) {
      Files.writeString(store.directory(key).resolve("manifest.json"), damaged);
      assertThat(store.find(key)).as(damaged).isEmpty();
    }
  }

  @Test
  void discardingLeavesWholeArtifactsAndClaims() throws Exception {
    ArtifactStore store = store();
    Path directory = store.createDirectory(key);
    Files.createDirectories(directory.resolve("savedmodel/a"));
    Files.writeString(directory.resolve("savedmodel/a/x"), "x");
    try (Claim claim = Claim.take(directory, "test").orElseThrow()) {
      store.discardUnfinished(key);
      assertThat(directory.resolve("savedmodel")).doesNotExist();
      assertThat(Claim.take(directory, "other")).isEmpty();
      assertThat(claim.isHeld()).isTrue();

      Files.writeString(directory.resolve("result.json"), "{}");
      store.commit(key, INPUTS, Map.of());
    }
    store.discardUnfinished(key);
    assertThat(store.find(key).orElseThrow().files())
        .containsExactly(new Manifest.Entry("result.json", 2));
  }

  @Test
  void workdirThatIsAFileIsNamed() throws Exception {
    Path file = Files.writeString(workdir.resolve("file"), "");
    assertThatThrownBy(() -> new ArtifactStore(file).createDirectory(key))
        .hasMessageStartingWith("Cannot write to workdir " + file + ": ");
  }

  private ArtifactStore store() {
    return new ArtifactStore(workdir);
  }
}
