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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialBatchTest {
  @TempDir private Path workdir;

  @Test
  void aTrialWhoseProcessCannotBeStartedFailsByItself() throws Exception {
    JsonNode inputs = TrainingJson.MAPPER.valueToTree(Map.of("made", "by a test"));
    StageKey key = StageKey.of("evaluate", inputs);
    ModelRequest.Evaluate trial =
        new ModelRequest.Evaluate(key.hex(), List.of(), inputs, inputs, false);
    WorkPlan plan =
        new WorkPlan(
            "start",
            workdir.toString(),
            "",
            1,
            DeviceChoice.CPU,
            List.of(),
            List.of(),
            List.of(trial));
    Path processes = Files.createDirectories(workdir.resolve("scratch/processes"));
    Path inTheWay = Files.writeString(processes.resolve("evaluate-start-0"), "");

    Outcome outcome = new TrialBatch(plan, 0, 1).run().get(0);
    assertThat(outcome)
        .returns(key.hex(), Outcome::key)
        .returns(Outcome.Status.FAILED, Outcome::status);
    assertThat(outcome.reason())
        .startsWith("its process could not be run: Cannot use %s: ".formatted(inTheWay));
    assertThat(new Failures(plan).has(key)).isTrue();
  }
}
