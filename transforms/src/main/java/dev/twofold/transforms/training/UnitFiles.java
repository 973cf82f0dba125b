package dev.twofold.transforms.training;

import dev.twofold.models.layers.Npz;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of a unit's artifact, docs/artifacts.md. */
final class UnitFiles {
  static final String EVENTS = "events.jsonl";
  static final String WEIGHTS = "weights.npz";
  static final String DETAILS = "details.npz";
  static final String RESULT = "result.json";
  static final String PRIOR = "prior.json";
  private static final String CHECKPOINT = "checkpoint";
  private static final String PARTIAL = "checkpoint.partial";
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

  Path directory() {
    return directory;
  }

  Path resolve(String name) {
    return directory.resolve(name);
  }

  static String model(String task) {
    return "savedmodel/" + task;
  }

  /** A checkpoint and the length of the log that belongs to it. */
  record Saved(Checkpoint checkpoint, long logLength) {}

  /**
   * The last whole checkpoint. A crash between the two renames leaves it under the partial name.
   */
  Optional<Saved> checkpoint() throws IOException {
    Optional<Path> folder = checkpointFolder();
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    State state = state(folder.get());
    Checkpoint checkpoint =
        new Checkpoint(
            state.step(),
            state.seconds(),
            state.lossSums(),
            Npz.read(folder.get().resolve(WEIGHTS)));
    return Optional.of(new Saved(checkpoint, state.logLength()));
  }

  /** The step of the last whole checkpoint. */
  Optional<Integer> checkpointStep() throws IOException {
    Optional<Path> folder = checkpointFolder();
    return folder.isEmpty() ? Optional.empty() : Optional.of(state(folder.get()).step());
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
