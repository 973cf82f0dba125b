package dev.twofold.pipelines.run;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.console.ProgressDisplay;
import dev.twofold.pipelines.console.ProgressFollower;
import dev.twofold.pipelines.console.ProgressFollower.Followed;
import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedDataset;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.training.Failures;
import dev.twofold.transforms.training.ModelProcesses;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.sdk.Pipeline;

/** Submits the pipeline to Flink, shows its progress and waits for its end. */
final class PipelineRun {
  private static final long REDRAW_MILLIS = 500;

  private final Plan plan;
  private final WorkPlan work;
  private final Configuration configuration;
  private final RunOptions options;

  PipelineRun(Plan plan, WorkPlan work, Configuration configuration, RunOptions options) {
    this.plan = plan;
    this.work = work;
    this.configuration = configuration;
    this.options = options;
  }

  /**
   * How the pipeline ended.
   *
   * @param failure of the pipeline itself; trials that failed are in their artifacts
   * @param refused when a dataset was refused
   */
  record Ending(
      boolean interrupted, Optional<String> failure, Optional<DataRefusedException> refused) {
    static final Ending DONE = new Ending(false, Optional.empty(), Optional.empty());
    static final Ending INTERRUPTED = new Ending(true, Optional.empty(), Optional.empty());
  }

  Ending run() throws IOException, InterruptedException {
    if (plan.isComplete()) {
      return Ending.DONE;
    }
    // Another one each time, since a cluster is asked by it why the job failed.
    String name = configuration.name() + " " + work.start();
    int slots = configuration.workers().slots();
    Pipeline pipeline =
        TwofoldPipeline.build(
            FlinkOptions.of(
                name, options.flink(), slots, ModelProcesses.wholeJar(), TwofoldPipeline.SHUFFLES),
            plan.datasets().stream().map(PlannedDataset::request).toList(),
            work,
            slots);
    return follow(name, pipeline);
  }

  private Ending follow(String name, Pipeline pipeline) throws IOException, InterruptedException {
    FlinkJob job = new FlinkJob(options.flink(), options.messages());
    ProgressFollower follower = new ProgressFollower(followed(), Clock.systemUTC());
    try (Interruption interruption = Interruption.watch(() -> interrupt(job));
        ProgressDisplay display = ProgressDisplay.of(options.audience(), options.out())) {
      CompletableFuture<Optional<Throwable>> end =
          CompletableFuture.supplyAsync(() -> job.run(name, pipeline::run), Run.THREADS);
      while (true) {
        try {
          Optional<Throwable> failure = end.get(REDRAW_MILLIS, TimeUnit.MILLISECONDS);
          display.show(follower.snapshot());
          return interruption.happened()
              ? Ending.INTERRUPTED
              : failure.map(this::failed).orElse(Ending.DONE);
        } catch (TimeoutException stillRunning) {
          display.show(follower.snapshot());
          if (job.isLeftToCluster()) {
            return Ending.INTERRUPTED;
          }
        } catch (ExecutionException e) {
          return interruption.happened() ? Ending.INTERRUPTED : failed(e.getCause());
        }
      }
    }
  }

  /** Children save checkpoints, and the main thread ends the runs. */
  private void interrupt(FlinkJob job) {
    options.messages().println("Interrupted: saving checkpoints and ending the runs …");
    job.cancel();
  }

  private Ending failed(Throwable failure) {
    String trace =
        writeTrace(failure).map(file -> " (its trace is in %s)".formatted(file)).orElse("");
    Optional<DataRefusedException> refused = JobFailure.refused(failure);
    return new Ending(
        false,
        Optional.of(
            refused
                .map(Throwable::getMessage)
                .orElseGet(
                    () -> "the pipeline failed: %s%s".formatted(JobFailure.cause(failure), trace))),
        refused);
  }

  private Optional<Path> writeTrace(Throwable failure) {
    Path file = plan.workdir().resolve("scratch").resolve("failure-" + work.start() + ".txt");
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, trace.toString());
    } catch (IOException e) {
      options.messages().println("Cannot write the trace: " + FileTrouble.reason(file, e));
      return Optional.empty();
    }
    return Optional.of(file);
  }

  private List<Followed> followed() {
    List<PlannedUnit> units = new ArrayList<>();
    plan.pretrainings().forEach(pretraining -> units.add(pretraining.unit()));
    units.addAll(plan.units());
    UnitNames names = new UnitNames(plan);
    Failures failures = new Failures(work);
    List<Followed> followed = new ArrayList<>();
    for (PlannedUnit unit : units) {
      if (unit.decision().action() == Decision.Action.RUN) {
        Path artifact =
            plan.workdir()
                .resolve("artifacts")
                .resolve(unit.key().stage())
                .resolve(unit.key().hex());
        followed.add(
            new Followed(
                names.of(unit, followed.size() + 1),
                artifact.resolve("events.jsonl"),
                () -> failures.has(unit.key()),
                unit.work()));
      }
    }
    return followed;
  }
}
