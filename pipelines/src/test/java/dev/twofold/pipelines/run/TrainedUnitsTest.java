package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.pipelines.recorded.RecordedRun;
import dev.twofold.tracking.RunDescription;
import dev.twofold.transforms.training.EventLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedUnitsTest {
  private static final String UNIT = "artifacts/train/0123456789abcdef0123456789abcdef";
  private static final String OUTCOME = "runs/small/ab/outcome.jsonl";

  @TempDir private Path workdir;

  private RecordedRun run() throws IOException {
    return RecordedRun.read(
        workdir,
        new RunDescription(
            workdir.resolve("runs/small/ab"),
            "trial",
            "small",
            "small/ab",
            "mtal · pair · 1",
            List.of(UNIT + "/events.jsonl", OUTCOME),
            Optional.empty(),
            Optional.empty()));
  }

  private void end(String status) throws IOException {
    try (EventLog log = EventLog.open(workdir.resolve(OUTCOME), 0, null)) {
      log.end(status, null);
    }
  }

  /** The plan skips what it was made of. */
  @Test
  void networksOfAnEvaluatedTrialAreMadeAgainWhereTheEvaluationIsForced() throws IOException {
    end("FINISHED");
    RecordedRun run = run();
    assertThatThrownBy(() -> TrainedUnits.of(run))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "The networks of run mtal · pair · 1 are not in %s: it is FINISHED (`twofold run CONFIG"
                + " --force evaluate` with the configuration named small, and with --attempt where a"
                + " fresh one made it, makes what is missing; this run is then called small/ab)",
            workdir.resolve(UNIT));
  }

  @Test
  void networksOfATrialThatIsNotEvaluatedAreMadeByItsRun() throws IOException {
    end("KILLED");
    RecordedRun killed = run();
    assertThatThrownBy(() -> TrainedUnits.of(killed))
        .hasMessageContaining(
            "it is KILLED (`twofold run CONFIG` with the configuration named small");
  }
}
