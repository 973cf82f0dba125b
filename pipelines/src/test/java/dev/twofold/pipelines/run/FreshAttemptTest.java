package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.recorded.RecordedRuns;
import dev.twofold.transforms.artifacts.ArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshAttemptTest {
  private static final String NIGHTLY =
      """
      name: nightly
      datasets:
        amazon: {source: amazon}
      groups:
        alone: {tasks: [amazon]}
      methods:
        single-task: {start: scratch}
      """;

  @TempDir private Path folder;
  private Experiment experiment;

  static Experiment read(String... overrides) throws IOException {
    Path file = Files.createTempFile("nightly", ".yaml");
    try {
      Files.writeString(file, NIGHTLY);
      return new ConfigurationReader(Map.of()).read(file, List.of(overrides));
    } finally {
      Files.delete(file);
    }
  }

  @BeforeEach
  void writeData() throws IOException {
    images(3);
    experiment = read(workdir(), source());
  }

  private String workdir() {
    return "workdir=" + folder.resolve("work");
  }

  private String source() {
    return "datasets.amazon.source=" + folder.resolve("in");
  }

  private void images(int count) throws IOException {
    for (String name : List.of("bike", "mug")) {
      Path images = Files.createDirectories(folder.resolve("in").resolve(name));
      for (int i = 0; i < count; i++) {
        Files.writeString(images.resolve(i + ".png"), name + i);
      }
    }
  }

  private int attempt() throws IOException {
    return FreshAttempt.next(new Planner("2.18.0"), experiment, PlanOptions.usual());
  }

  /** As {@code run --fresh} does first. */
  private Invocation begin(int attempt) throws IOException {
    Plan plan = plan(attempt);
    Invocation invocation =
        Invocation.begin(
            plan.workdir(), experiment.configuration(), attempt, each -> false, each -> false);
    Path summary = plan.workdir().resolve(invocation.summary(experiment.configuration()).folder());
    Files.createDirectories(summary);
    RecordedRuns.writeTrials(
        summary,
        plan.trials().stream()
            .collect(Collectors.toMap(trial -> trial.run().key(), trial -> trial.run().name())));
    return invocation;
  }

  @Test
  void goesOnWithTheOneThatWasInterrupted() throws IOException {
    assertThat(attempt()).isEqualTo(1);
    Invocation first = begin(1);
    assertThat(attempt()).isEqualTo(1);

    first.finish(folder.resolve("work"));
    assertThat(attempt()).as("whatever came of it").isEqualTo(2);
    begin(5);
    assertThat(attempt()).isEqualTo(5);
  }

  /** As where the disk was full for the report, or the command was killed in its last second. */
  @Test
  void concludesAnInterruptedOneThatIsTrained() throws IOException {
    Invocation first = begin(1);
    Plan plan = plan(1);
    ArtifactStore store = new ArtifactStore(plan.workdir());
    for (PlannedTrial trial : plan.trials()) {
      store.createDirectory(trial.evaluation());
      store.commit(trial.evaluation(), trial.inputs(), plan.context());
    }
    Configuration configuration = experiment.configuration();
    assertThat(plan(1).isComplete()).isTrue();
    assertThat(first.isResultOf(configuration, plan(1))).isFalse();
    assertThat(attempt()).isEqualTo(1);

    new RunFolders(plan.workdir(), Optional.empty())
        .end(first.summary(configuration), "FINISHED", "");
    assertThat(first.isResultOf(configuration, plan(1))).isTrue();
    assertThat(first.isResultOf(configuration, plan(2))).as("of another attempt").isFalse();
    assertThat(attempt()).as("all of it is told").isEqualTo(2);
  }

  private Plan plan(int attempt) {
    return new Planner("2.18.0").plan(experiment, PlanOptions.usual().withAttempt(attempt));
  }

  /** Of which it would reuse what has not changed. */
  @Test
  void doesNotGoOnWithAnInterruptedOneOfOtherData() throws IOException {
    begin(1);
    images(4);

    assertThat(attempt()).isEqualTo(2);
  }

  @Test
  void theUsualRunIsNone() throws IOException {
    begin(0);

    assertThat(attempt()).isEqualTo(1);
    assertThat(latest()).isEqualTo(0);
  }

  /** Of which nothing may be there, nor of its data. */
  @Test
  void theLatestIsTheLastThatARunHasBegun() throws IOException {
    begin(7).finish(folder.resolve("work"));
    images(4);
    experiment = read(workdir(), source(), "repeats=5", "workers.slots=1");

    assertThat(latest()).isEqualTo(7);
    assertThat(attempt()).isEqualTo(8);
    assertThat(latestOwn()).as("with these settings").isEqualTo(0);
    begin(8);
    assertThat(latestOwn()).isEqualTo(8);
    experiment = read(workdir(), source(), "name=other");
    assertThat(latest()).as("of another experiment").isEqualTo(0);
  }

  private int latestOwn() throws IOException {
    return FreshAttempt.latestOwn(new Planner("2.18.0"), experiment, PlanOptions.usual());
  }

  private int latest() throws IOException {
    return FreshAttempt.latest(new Planner("2.18.0"), experiment, PlanOptions.usual());
  }
}
