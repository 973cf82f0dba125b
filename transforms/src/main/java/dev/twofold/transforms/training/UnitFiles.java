package dev.twofold.transforms.training;

import dev.twofold.models.layers.Npz;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a unit's artifact, docs/artifacts.md. */
final class UnitFiles {
  private static final Logger LOG = LoggerFactory.getLogger(UnitFiles.class);
  static final String EVENTS = "events.jsonl";
  static final String WEIGHTS = "weights.npz";
  static final String DETAILS = "details.npz";
  static final String RESULT = "result.json";
  static final String PRIOR = "prior.json";
  private static final String CHECKPOINT = ArtifactStore.CHECKPOINT;
  private static final String PARTIAL = ArtifactStore.CHECKPOINT_PARTIAL;
  private static final String STATE = "state.json";

  /**
   * What a checkpoint says beside the weights.
   *
   * @param logLength bytes of events.jsonl that stand
   */
  @SuppressWarnings("ArrayRecordComponent") // written and read, never compared
  record State(int step, double seconds, double[] lossSums, long logLength) {}

  private final Path directory;

  UnitFiles(Path directory) {
    this.directory = directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
  }

  static String model(String task) {
    return UnitModels.FOLDER + "/" + task;
  }

  /** A checkpoint and the length of the log that belongs to it. */
  record Saved(Checkpoint checkpoint, long logLength) {}

  /**
   * The last whole checkpoint. A crash between the two renames leaves it under the partial name;
   * one that cannot be read, as a power loss may leave it, is none.
   */
  Optional<Saved> checkpoint() {
    return checkpointFolder().flatMap(UnitFiles::read);
  }

  /** The step of the last whole checkpoint. */
  Optional<Integer> checkpointStep() {
    return checkpointFolder().flatMap(UnitFiles::step);
  }

  private static Optional<Integer> step(Path folder) {
    try {
      return Optional.of(state(folder).step());
    } catch (IOException torn) {
      return Optional.empty();
    }
  }

  private static Optional<Saved> read(Path folder) {
    try {
      State state = state(folder);
      Weights weights = Npz.read(folder.resolve(WEIGHTS));
      return Optional.of(
          new Saved(
              new Checkpoint(state.step(), state.seconds(), state.lossSums(), weights),
              state.logLength()));
    } catch (IOException e) {
      LOG.warn(
          "Cannot go on from checkpoint {}, so training starts anew: {}", folder, e.toString());
      return Optional.empty();
    }
  }

  private Optional<Path> checkpointFolder() {
    return Stream.of(CHECKPOINT, PARTIAL)
        .map(this::resolve)
        .filter(
            folder -> Files.exists(folder.resolve(STATE)) && Files.exists(folder.resolve(WEIGHTS)))
        .findFirst();
  }

  private static State state(Path folder) throws IOException {
    return TrainingJson.MAPPER.readValue(Files.readAllBytes(folder.resolve(STATE)), State.class);
  }

  /** Writes a checkpoint aside, its state last, then puts it in the place of the one before. */
  void save(Checkpoint checkpoint, long logLength) throws IOException {
    Path partial = resolve(PARTIAL);
    delete(PARTIAL);
    Files.createDirectories(partial);
    Npz.write(partial.resolve(WEIGHTS), checkpoint.weights());
    DurableFiles.force(partial.resolve(WEIGHTS)); // the state says that they are there
    State state =
        new State(checkpoint.step(), checkpoint.seconds(), checkpoint.lossSums(), logLength);
    DurableFiles.replace(partial.resolve(STATE), TrainingJson.MAPPER.writeValueAsBytes(state));
    delete(CHECKPOINT);
    Files.move(partial, resolve(CHECKPOINT));
  }

  void deleteCheckpoints() throws IOException {
    delete(CHECKPOINT);
    delete(PARTIAL);
  }

  /** Its state first, so that what a kill leaves behind is no checkpoint. */
  private void delete(String checkpoint) throws IOException {
    Files.deleteIfExists(resolve(checkpoint).resolve(STATE));
    DurableFiles.deleteTree(resolve(checkpoint));
  }
}
