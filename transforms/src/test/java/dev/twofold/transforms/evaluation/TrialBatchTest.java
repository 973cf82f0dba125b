package dev.twofold.transforms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.Failures;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialBatchTest {
  @TempDir private Path workdir;

  private WorkPlan plan(ModelRequest.Evaluate trial, long maxSilentSeconds) {
    return new WorkPlan(
        "start",
        workdir.toString(),
        "",
        1,
        DeviceChoice.CPU,
        maxSilentSeconds,
        List.of(),
        List.of(),
        List.of(trial));
  }

  private static ModelRequest.Evaluate trial() {
    JsonNode inputs = TrainingJson.MAPPER.valueToTree(Map.of("made", "by a test"));
    StageKey key = StageKey.of("evaluate", inputs);
    return new ModelRequest.Evaluate(key.hex(), List.of(), Map.of(), inputs, inputs, false);
  }

  @Test
  void aTrialWhoseProcessCannotBeStartedFailsByItself() throws Exception {
    ModelRequest.Evaluate trial = trial();
    WorkPlan plan = plan(trial, 3600);
    Path processes = Files.createDirectories(workdir.resolve("scratch/processes"));
    Path inTheWay = Files.writeString(processes.resolve("evaluate-start-0"), "");

    Outcome outcome = new TrialBatch(plan, 0, 1).run().get(0);
    assertThat(outcome)
        .returns(trial.key(), Outcome::key)
        .returns(Outcome.Status.FAILED, Outcome::status);
    assertThat(outcome.reason())
        .startsWith("its process could not be run: Cannot use %s: ".formatted(inTheWay));
    assertThat(new Failures(plan).has(trial.stageKey())).isTrue();
  }

  /** Each attempt waits for a trial that another process is at, and is stopped at that. */
  @Test
  void aTrialWhoseProcessesHangFailsByItself() throws Exception {
    ModelRequest.Evaluate trial = trial();
    WorkPlan plan = plan(trial, 2);
    Path lock = Files.createDirectories(workdir.resolve("locks")).resolve(trial.key() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Stopping stopping = new Stopping()) {
      channel.lock();

      Outcome outcome = new TrialBatch(plan, 0, 1).run().get(0);
      assertThat(stopping.stopped()).isEqualTo(3);
      assertThat(outcome)
          .returns(Outcome.Status.FAILED, Outcome::status)
          .returns(137, Outcome::code);
      assertThat(outcome.reason())
          .startsWith("the process of trial %s gave no sign of life".formatted(trial.key()));
      assertThat(new Failures(plan).has(trial.stageKey())).isTrue();
    }
  }

  /** For longer than a process may be silent: it is at work, and says so. */
  @Test
  void aTrialThatAnotherProcessIsAtIsWaitedFor() throws Exception {
    ModelRequest.Evaluate trial = trial();
    ArtifactStore store = new ArtifactStore(workdir);
    Path lock = Files.createDirectories(workdir.resolve("locks")).resolve(trial.key() + ".lock");
    FutureTask<List<Outcome>> batch =
        new FutureTask<>(() -> new TrialBatch(plan(trial, 8), 0, 1).run());
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      Thread thread = new Thread(batch);
      thread.setDaemon(true);
      thread.start();
      Thread.sleep(Duration.ofSeconds(16).toMillis());

      assertThat(batch.isDone()).isFalse();
      store.createDirectory(trial.stageKey());
      store.commit(trial.stageKey(), trial.inputs(), trial.context());
    }
    assertThat(batch.get(1, TimeUnit.MINUTES))
        .singleElement()
        .returns(Outcome.Status.DONE, Outcome::status);
    assertThat(new Failures(plan(trial, 8)).has(trial.stageKey())).isFalse();
  }

  /** Stops each process that is started, as a driver that does not answer does. */
  private static final class Stopping implements AutoCloseable {
    private final Set<Long> stopped = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::stop);

    Stopping() {
      thread.start();
    }

    private void stop() {
      try {
        while (true) {
          List<Long> started =
              ProcessHandle.current()
                  .children()
                  .filter(child -> child.info().command().orElse("").endsWith("/java"))
                  .map(ProcessHandle::pid)
                  .filter(stopped::add)
                  .toList();
          for (long pid : started) {
            new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor();
          }
          Thread.sleep(20);
        }
      } catch (InterruptedException | IOException closed) {
        Thread.currentThread().interrupt();
      }
    }

    int stopped() {
      return stopped.size();
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }
}
