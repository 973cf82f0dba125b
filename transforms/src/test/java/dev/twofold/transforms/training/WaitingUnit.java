package dev.twofold.transforms.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A unit whose process waits, as it does for a killed worker's child, until it is told to go on,
 * and then has nothing to train.
 */
final class WaitingUnit implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(20);

  private final ArtifactStore store;
  private final ModelRequest.Train train;
  private final FileChannel lock;

  WaitingUnit(Path workdir) throws IOException {
    store = new ArtifactStore(workdir);
    JsonNode inputs = TrainingJson.MAPPER.valueToTree(Map.of("made", "by a test"));
    UnitSpec unit =
        new UnitSpec(
            "train",
            "single-task",
            Map.of(),
            new BackboneSettings(null, null, null, false),
            null,
            null,
            List.of(),
            null,
            1,
            1);
    train = new ModelRequest.Train(StageKey.of("train", inputs).hex(), unit, inputs, inputs);
    Path locks = Files.createDirectories(workdir.resolve("locks"));
    lock =
        FileChannel.open(
            locks.resolve(train.key() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    lock.lock();
  }

  ModelRequest.Train train() {
    return train;
  }

  ModelRequest request() {
    return ModelRequest.toTrain(store.workdir().toString(), 1, train);
  }

  /** Its process, once it runs Java. */
  ProcessHandle awaitProcess() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<ProcessHandle> process =
          ProcessHandle.current()
              .children()
              .filter(child -> child.info().command().orElse("").endsWith("/java"))
              .findFirst();
      if (process.isPresent()) {
        return process.get();
      }
      Thread.sleep(POLL.toMillis());
    }
    throw new AssertionError("No process was started within " + PATIENCE);
  }

  /** Makes the unit whole and lets its process go on. */
  void release() throws IOException {
    store.createDirectory(train.stageKey());
    store.commit(train.stageKey(), train.inputs(), train.context());
    lock.close();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
