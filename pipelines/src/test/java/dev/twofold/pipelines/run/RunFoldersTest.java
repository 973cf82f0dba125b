package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.pipelines.recorded.RecordedRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFoldersTest {

  @TempDir Path workdir;
  private RunFolders folders;

  @BeforeEach
  void makeFolders() {
    folders = new RunFolders(workdir, Optional.empty());
  }

  @Test
  void aRunIsFinishedWhenItsLastEndSaysSo() throws IOException {
    PlannedRun run = run("trial", "a");
    Path outcome = describe(run).resolve("outcome.jsonl");
    assertThat(folders.isFinished(run)).as("no end yet").isFalse();

    folders.end(run, "FAILED", "FINISHED");
    assertThat(folders.isFinished(run)).as("a reason is no status").isFalse();

    folders.end(run, "FINISHED", "");
    append(outcome, "{\"event\":\"end\",\"status\":\"FAI\n");
    assertThat(folders.isFinished(run)).as("a torn line is none").isTrue();

    append(outcome, "{\"event\":\"end\",\"status\":\"KILLED\",\"time\":1}\n");
    assertThat(folders.isFinished(run)).isFalse();
  }

  @Test
  void whatDidNotFinishLosesItsEndWhenItGoesOn() throws IOException {
    PlannedRun failed = run("trial", "a");
    PlannedRun finished = run("trial", "b");
    describe(failed);
    describe(finished);
    folders.end(failed, "FAILED", "it diverged");
    folders.end(finished, "FINISHED", "");

    assertThat(describe(failed).resolve("outcome.jsonl")).doesNotExist();
    assertThat(describe(finished).resolve("outcome.jsonl")).exists();
  }

  @Test
  void anAbandonedRunIsToldFromAnInterruptedOne() throws IOException {
    Path abandoned = describe(run("trial", "a"));
    PlannedRun interrupted = run("trial", "b");
    describe(interrupted);
    assertThat(RunFolders.hasEnded(abandoned)).isFalse();

    folders.abandon(abandoned);
    folders.end(interrupted, "KILLED", "interrupted");

    assertThat(RunFolders.hasEnded(abandoned)).isTrue();
    assertThat(folders.isAbandoned(abandoned)).isTrue();
    assertThat(folders.isAbandoned(folders.folder(interrupted))).isFalse();
  }

  @Test
  void aSummaryIsSupersededOnce() throws IOException {
    PlannedRun earlier = run("summary", "summary-1");
    PlannedRun later = run("summary", "summary-2");
    for (PlannedRun summary : List.of(earlier, later)) {
      RecordedRuns.writeTrials(describe(summary), Map.of("x/a", "mtal · pair · 1"));
      folders.end(summary, "FINISHED", "");
    }

    assertThat(folders.supersede(later)).containsExactly(folders.folder(earlier));
    assertThat(folders.supersede(later)).containsExactly(folders.folder(earlier));
    assertThat(Files.readString(folders.folder(earlier).resolve("header.jsonl")))
        .containsOnlyOnce(
            "{\"event\":\"tag\",\"name\":\"twofold.superseded\",\"value\":\"x/summary-2\"}\n");
    assertThat(folders.supersede(earlier)).isEmpty();
  }

  private Path describe(PlannedRun run) throws IOException {
    return folders.describe(run, Optional.empty(), Map.of(), Map.of());
  }

  private static PlannedRun run(String kind, String id) {
    return new PlannedRun(kind, "x", "x/" + id, id, "runs/x/" + id, List.of());
  }

  private static void append(Path log, String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.APPEND);
  }
}
