package dev.twofold.pipelines.run;

import dev.twofold.models.EnumNames;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.console.ProgressDisplay.Audience;
import dev.twofold.pipelines.console.ResultEvent;
import dev.twofold.pipelines.console.ResultTable;
import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedPretraining;
import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.recorded.RecordedRuns;
import dev.twofold.pipelines.report.Report;
import dev.twofold.pipelines.report.ReportData;
import dev.twofold.pipelines.report.Summary;
import dev.twofold.pipelines.report.SummaryFigures;
import dev.twofold.tracking.Delivery;
import dev.twofold.tracking.ManagedServer;
import dev.twofold.tracking.RunDescription;
import dev.twofold.tracking.Tracker;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.training.Devices;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.WorkPlan;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Carries out a plan: tracks its runs, runs the pipeline, ends every run, reports, delivers. */
public final class Run {
  /** For a server that takes nothing. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration DELIVERY_WHEN_INTERRUPTED = Duration.ofSeconds(10);

  /** Waits for jobs; its threads hold no virtual machine back. */
  static final Executor THREADS =
      runnable -> {
        Thread thread = new Thread(runnable, "flink-job");
        thread.setDaemon(true);
        thread.start();
      };

  private final Configuration configuration;
  private final Plan plan;
  private final RunOptions options;
  private final PrintStream out;
  private final RunFolders folders;
  private final Map<String, String> versions = Versions.all();

  public Run(Experiment experiment, Plan plan, RunOptions options) {
    this.configuration = experiment.configuration();
    this.plan = plan;
    this.options = options;
    this.out = options.messages();
    this.folders =
        new RunFolders(plan.workdir(), Optional.ofNullable(configuration.tracking().register()));
  }

  /**
   * Runs to the end.
   *
   * @throws DataRefusedException when a dataset cannot be used
   * @throws dev.twofold.tracking.TrackingRefusedException when there is no such tracking server
   */
  public RunResult run() throws IOException, InterruptedException {
    checkDevices();
    checkHome();
    Invocation invocation =
        Invocation.begin(
            plan.workdir(),
            configuration,
            plan.attempt(),
            earlier -> earlier.isAbout(configuration, plan),
            earlier -> earlier.isResultOf(configuration, plan));
    Closeable held = invocation.hold(plan.workdir());
    try (held;
        Tracker tracker = connect()) {
      PlannedRun summary = invocation.summary(configuration);
      describe(tracker, summary, invocation);
      endAbandoned(tracker, summary, invocation);
      addOwed(tracker);
      WorkPlan work = new Work(plan, configuration, invocation.id(), versions).plan();
      announce();
      PipelineRun pipeline = new PipelineRun(plan, work, configuration, options);
      PipelineRun.Ending ending = pipeline.run();
      return conclude(tracker, summary, invocation, work, ending);
    }
  }

  /** The machines of a cluster have devices of their own. */
  private void checkDevices() throws IOException, InterruptedException {
    if (options.flink().equals(FlinkOptions.EMBEDDED) && !plan.isComplete()) {
      try {
        Devices.check(EnumNames.of(configuration.workers().devices()))
            .ifPresent(why -> out.println("Note: models train on the processor: " + why));
      } catch (IllegalArgumentException e) {
        throw new UsageException(e.getMessage());
      }
    }
  }

  /** Where TensorFlow is unpacked; that of a cluster's machines is looked for there. */
  private void checkHome() {
    if (options.flink().equals(FlinkOptions.EMBEDDED) && !plan.isComplete()) {
      Workdir.checkHome(ManagedServer.home(System.getenv()));
    }
  }

  private Tracker connect() {
    Map<String, String> environment = new LinkedHashMap<>(System.getenv());
    Integer port = configuration.tracking().port();
    if (port != null) {
      environment.put(ManagedServer.PORT, port.toString());
    }
    return Tracker.connect(
        configuration.tracking().uri(), plan.workdir(), environment, out::println);
  }

  /** By key; of two that are the same the first one's. */
  private Map<String, String> trialNames() {
    Map<String, String> names = new LinkedHashMap<>();
    plan.trials().forEach(trial -> names.putIfAbsent(trial.run().key(), trial.run().name()));
    return names;
  }

  private void describe(Tracker tracker, PlannedRun summary, Invocation invocation)
      throws IOException {
    Optional<String> parent =
        configuration.tracking().nested() ? Optional.of(summary.key()) : Optional.empty();
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(RunFolders.INVOCATION, invocation.id());
    versions.forEach((name, version) -> tags.put("twofold.version." + name, version));
    tags.put("twofold.machine", Machine.describe());
    // MLflow's own names, which fill the columns Source and Version of its runs table
    tags.put("mlflow.source.name", options.file().toString());
    tags.put("mlflow.source.type", "JOB");
    if (!versions.get("commit").isEmpty()) {
      tags.put("mlflow.source.git.commit", versions.get("commit"));
    }
    Map<String, String> ofSummary =
        Map.of("trials", Integer.toString(plan.trials().size()), "name", configuration.name());
    tracker.add(folders.describe(summary, Optional.empty(), ofSummary, with(tags, "summary")));
    RecordedRuns.writeTrials(folders.folder(summary), trialNames());
    for (PlannedPretraining pretraining : plan.pretrainings()) {
      Map<String, String> params = pretraining.parameters();
      describe(tracker, pretraining.run(), parent, params, with(tags, "auxiliary"));
    }
    for (PlannedTrial trial : plan.trials()) {
      Map<String, String> ofTrial = with(tags, "trial");
      ofTrial.put("method", trial.spec().label());
      ofTrial.put("group", trial.spec().group());
      ofTrial.put("repeat", Integer.toString(trial.spec().repeat()));
      describe(tracker, trial.run(), parent, trial.parameters(), ofTrial);
    }
  }

  /** A run that is there keeps its parent, which the server may not have yet. */
  private void describe(
      Tracker tracker,
      PlannedRun run,
      Optional<String> parent,
      Map<String, String> params,
      Map<String, String> tags)
      throws IOException {
    add(tracker, RunDescription.read(folders.describe(run, parent, params, tags)));
  }

  private void add(Tracker tracker, RunDescription run) throws IOException {
    Optional<Path> above = folders.parent(run);
    if (above.isPresent()) {
      tracker.add(above.get());
    }
    tracker.add(run.folder());
  }

  /**
   * Runs of this experiment without an end which are not planned any more: commands that were
   * killed have left them, and then data or settings have changed. Not while another command is at
   * work in the workdir, who may have them in its plan.
   */
  private void endAbandoned(Tracker tracker, PlannedRun summary, Invocation invocation)
      throws IOException {
    for (Invocation other : Invocation.all(plan.workdir())) {
      if (!other.id().equals(invocation.id()) && other.isHeld(plan.workdir())) {
        return;
      }
    }
    Set<Path> planned =
        Stream.of(
                Stream.of(summary),
                plan.pretrainings().stream().map(PlannedPretraining::run),
                plan.trials().stream().map(PlannedTrial::run))
            .flatMap(runs -> runs)
            .map(folders::folder)
            .collect(Collectors.toSet());
    for (Path folder : folders.ofExperiment(configuration.name())) {
      if (!planned.contains(folder) && !RunFolders.hasEnded(folder)) {
        folders.abandon(folder);
        // A server may have a run that its command was killed before it had noted.
        add(tracker, RunDescription.read(folder));
      }
    }
  }

  /**
   * What earlier invocations of this configuration could not deliver, and what is not planned any
   * more, since they made fresh attempts or data have changed; and ends of abandoned runs.
   */
  private void addOwed(Tracker tracker) throws IOException {
    Set<String> earlier =
        Invocation.latestFirst(plan.workdir(), configuration).stream()
            .map(Invocation::id)
            .collect(Collectors.toSet());
    for (Path folder : folders.ofExperiment(configuration.name())) {
      RunDescription run = RunDescription.read(folder);
      boolean known = folders.isOf(folder, earlier) || folders.isAbandoned(folder);
      if (known && tracker.owes(run)) {
        add(tracker, run);
      }
    }
  }

  private static Map<String, String> with(Map<String, String> tags, String kind) {
    Map<String, String> all = new LinkedHashMap<>(tags);
    all.put("twofold.kind", kind);
    return all;
  }

  /** Says what is reused, and who made it. */
  private void announce() {
    long reused =
        plan.trials().stream()
            .filter(trial -> trial.decision().action() == Decision.Action.REUSE)
            .count();
    plan.warnings().forEach(warning -> out.println("Note: " + warning));
    for (PlannedTrial trial : plan.trials()) {
      if (trial.decision().action() == Decision.Action.REUSE) {
        out.printf("Reused: %s (%s)%n", trial.run().name(), trial.decision().reason());
      }
    }
    if (plan.attempt() > 0) {
      out.printf(
          "Fresh attempt %d (`--attempt %d` goes on with it, and reports it).%n",
          plan.attempt(), plan.attempt());
    }
    out.println(counted(plan.trials().size(), reused));
  }

  static String counted(int trials, long reused) {
    return "%d %s: %d reused, %d to run."
        .formatted(trials, trials == 1 ? "trial" : "trials", reused, trials - reused);
  }

  private RunResult conclude(
      Tracker tracker,
      PlannedRun summary,
      Invocation invocation,
      WorkPlan work,
      PipelineRun.Ending ending)
      throws IOException {
    Results results = new Results(plan, configuration, work);
    List<String> failures = endRuns(results, ending);
    ReportData data = report(results, ending);
    Path report = writeOrTell(data, summary, ending, failures);
    boolean whole = failures.isEmpty() && !ending.interrupted();
    String status = ending.interrupted() ? "KILLED" : whole ? "FINISHED" : "FAILED";
    folders.end(summary, status, String.join("; ", failures));
    if (whole) {
      for (Path superseded : folders.supersede(summary)) {
        tracker.add(superseded);
      }
    }
    if (!ending.interrupted()) {
      // Before the delivery, which may be cut off: a server keeps the first value that it was told
      // of a result, so a run with more in it needs a summary of its own.
      invocation.finish(plan.workdir());
    }
    Delivery delivery =
        ending.interrupted()
            ? tracker.close(DELIVERY_WHEN_INTERRUPTED)
            : tracker.deliver(PATIENCE, this::sending);
    failures.forEach(failure -> out.println("Failed: " + failure));
    Optional<URI> page = tracker.experimentUrl(configuration.name()).or(tracker::serverUri);
    page.ifPresent(uri -> out.println("MLflow: " + uri));
    out.println("Report: " + report);
    Report.remark().ifPresent(out::println);
    if (ending.interrupted()) {
      out.println("Interrupted. The same command goes on from here.");
    }
    List<String> undelivered = undelivered(delivery);
    if (options.audience() == Audience.JSON) {
      options
          .out()
          .println(
              new ResultEvent(
                      plan.workdir().resolve(summary.folder()).getFileName().toString(),
                      plan.attempt(),
                      ending.interrupted(),
                      Summary.of(data),
                      failures,
                      undelivered,
                      delivery.warnings(),
                      Optional.of(report),
                      page)
                  .json());
    }
    if (!ending.interrupted()) {
      // When all is told. What an evaluation has logged stays: a server may not have it yet.
      KeptModels.tidy(plan).forEach(warning -> out.println("Note: " + warning));
    }
    ending.refused().ifPresent(this::rethrow);
    return new RunResult(ending.interrupted(), failures, undelivered);
  }

  /** Where a disk is full, say, what has failed before is told all the same. */
  private Path writeOrTell(
      ReportData data, PlannedRun summary, PipelineRun.Ending ending, List<String> failures) {
    try {
      return write(data, summary, ending);
    } catch (IOException e) {
      throw unwritten(FileTrouble.reason(folders.folder(summary), e), e, failures);
    } catch (UncheckedIOException e) {
      throw unwritten(e.getMessage(), e.getCause(), failures);
    }
  }

  private UncheckedIOException unwritten(String reason, IOException e, List<String> failures) {
    failures.forEach(failure -> out.println("Failed: " + failure));
    return new UncheckedIOException(
        "Cannot write what came out: %s (make room or mend it; the same command goes on)"
            .formatted(reason),
        e);
  }

  private void sending(int left) {
    out.printf("Sending to MLflow: %d %s left%n", left, left == 1 ? "run" : "runs");
  }

  private void rethrow(DataRefusedException refused) {
    throw refused;
  }

  private List<String> endRuns(Results results, PipelineRun.Ending ending) throws IOException {
    List<String> failures = new ArrayList<>();
    for (PlannedPretraining pretraining : plan.pretrainings()) {
      // One that somebody has deleted leaves trials whole, and then nobody makes it again.
      Optional<String> failure =
          plan.isComplete() ? Optional.empty() : results.failure(pretraining);
      failure.ifPresent(reason -> failures.add(pretraining.run().name() + ": " + reason));
      end(
          pretraining.run(),
          failure.isEmpty() ? failure : results.reason(pretraining, ending.failure()),
          ending);
    }
    for (PlannedTrial trial : plan.trials()) {
      results.failure(trial).ifPresent(reason -> failures.add(trial.run().name() + ": " + reason));
      end(trial.run(), results.reason(trial, ending.failure()), ending);
    }
    ending.failure().ifPresent(reason -> failures.add(0, reason));
    return ending.interrupted() ? List.of() : failures;
  }

  private void end(PlannedRun run, Optional<String> reason, PipelineRun.Ending ending)
      throws IOException {
    if (reason.isEmpty()) {
      folders.end(run, "FINISHED", "");
    } else if (ending.interrupted()) {
      folders.end(run, "KILLED", "interrupted");
    } else {
      folders.end(run, "FAILED", reason.get());
    }
  }

  private ReportData report(Results results, PipelineRun.Ending ending) throws IOException {
    return results.report(
        versions, ending.interrupted() ? ReportData.Status.KILLED : ReportData.Status.FAILED);
  }

  private Path write(ReportData data, PlannedRun summary, PipelineRun.Ending ending)
      throws IOException {
    Path folder = folders.folder(summary);
    Path report = Report.write(data, folder.resolve("report"));
    Map<String, Path> figures = SummaryFigures.write(data, folder.resolve("figures"));
    Path configurationFile = folder.resolve("configuration.yaml");
    Files.writeString(configurationFile, data.configuration());
    if (!ending.interrupted() && !folders.isFinished(summary)) {
      tellResults(data, folder, figures);
    }
    out.println();
    out.print(ResultTable.of(Summary.of(data)));
    return report;
  }

  /** Once, when they are final: a server keeps what it was told first. */
  private static void tellResults(ReportData data, Path folder, Map<String, Path> figures)
      throws IOException {
    try (EventLog log = EventLog.open(folder.resolve("results.jsonl"), 0, null)) {
      for (Summary.Table table : Summary.of(data).tables()) {
        SummaryMetrics.write(table, log);
      }
      for (Map.Entry<String, Path> figure : figures.entrySet()) {
        log.figure(figure.getKey(), folder.relativize(figure.getValue()).toString(), 0);
      }
      log.artifact("report", "");
      log.artifact("configuration.yaml", "");
    }
  }

  private List<String> undelivered(Delivery delivery) {
    delivery.warnings().forEach(warning -> out.println("Tracking: " + warning));
    Map<String, String> byRun = new LinkedHashMap<>();
    Stream.concat(delivery.undelivered().stream(), delivery.lost().stream())
        .forEach(
            each ->
                byRun.merge(
                    each.key(),
                    "%s: %s".formatted(each.run(), each.reason()),
                    (one, other) -> one + "; " + each.reason()));
    return List.copyOf(byRun.values());
  }
}
