package dev.twofold.transforms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.Failures;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.WorkPlan;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
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
    return new ModelRequest.Evaluate(key.hex(), List.of(), inputs, inputs, false);
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

  /** Each attempt waits for a lock that another process never gives back. */
  @Test
  void aTrialWhoseProcessesHangFailsByItself() throws Exception {
    ModelRequest.Evaluate trial = trial();
    WorkPlan plan = plan(trial, 2);
    Path lock = Files.createDirectories(workdir.resolve("locks")).resolve(trial.key() + ".lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();

      Outcome outcome = new TrialBatch(plan, 0, 1).run().get(0);
      assertThat(outcome)
          .returns(Outcome.Status.FAILED, Outcome::status)
          .returns(137, Outcome::code);
      assertThat(outcome.reason())
          .startsWith("the process of trial %s gave no sign of life".formatted(trial.key()));
      assertThat(new Failures(plan).has(trial.stageKey())).isTrue();
    }
  }
}
