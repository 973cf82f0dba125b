package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.recorded.RecordedRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    Plan plan = new Planner("2.18.0").plan(experiment, PlanOptions.usual().withAttempt(attempt));
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
