package dev.twofold.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.tracking.Journal.Entry;
import dev.twofold.tracking.Journal.Extent;
import dev.twofold.tracking.ProjectionState.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;

/**
 * Brings one run on a server to where its logs are, any number of times.
 *
 * <p>What was sent is remembered by byte offsets. Everything that is sent may be sent again: values
 * and pictures are told apart by name and step, files and models by their names.
 */
final class Projector {
  private static final String REASON_TAG = "twofold.reason";
  private static final String CONFLICT_TAG = "twofold.conflict.";
  private static final String PARENT_TAG = "mlflow.parentRunId";

  /** What needs the run on the server. */
  private static final Set<String> TOLD =
      Set.of("metric", "param", "tag", "input", "figure", "artifact", "model");

  private final MlflowApi api;
  private final Path workdir;
  private final RunDescription run;
  private final String owner;
  private final Consumer<String> warnings;
  private final Consumer<String> losses;
  private final ProjectionState state;
  private final RunLogs logs;
  private final EventSender sender;

  /** Whether what the server has of this run was read. */
  private boolean open;

  private boolean confirmed;

  /** What the server has of this run; filled when the run is opened. */
  private final Set<String> metricsOnServer = new HashSet<>();

  private final Map<String, Set<Long>> steps = new HashMap<>();
  private final Map<String, String> params = new HashMap<>();

  /**
   * @param owner the identity of the workdir
   * @param warnings hears what the server gets otherwise than the logs have it
   * @param losses hears what it will never get, since it is gone; once, and the run goes on
   */
  Projector(
      MlflowApi api,
      Path workdir,
      Path stateFile,
      RunDescription run,
      String owner,
      Consumer<String> warnings,
      Consumer<String> losses) {
    this.api = api;
    this.workdir = workdir;
    this.run = run;
    this.owner = owner;
    this.warnings = warnings;
    this.losses = losses;
    this.state = ProjectionState.load(stateFile);
    this.logs = new RunLogs(workdir, run);
    this.sender = new EventSender(api, workdir, run, logs, state, this::warn);
  }

  String experimentId() {
    return state.experimentId();
  }

  /**
   * One pass over all logs: nothing, or what is still missing on the server after it. Throws {@link
   * ServerAwayException} where it has to be made again later.
   */
  Optional<String> project() throws IOException {
    try {
      return nested(pass());
    } catch (ServerRefusedException e) {
      if (e.remedy().isEmpty() && state.runId().isPresent() && !api.isActive(state.runId().get())) {
        forget("Run %s was deleted on the server: projecting it anew".formatted(run.name()));
        return nested(pass());
      }
      throw e;
    }
  }

  /**
   * Whether the run has ended and the server does not know. What was stopped before it began is
   * nothing there, and what was evaluated and is deleted will not be told any more.
   */
  boolean owes() throws IOException {
    Optional<JsonNode> end = logs.lastEnd();
    if (end.isEmpty()) {
      return false;
    }
    boolean told =
        state.sentEnd().startsWith(end.get().toString()) && (state.isNested() || !hasParent());
    return switch (end.get().path("status").asText()) {
      case "FINISHED" -> !told && logs.isEvaluated();
      case "FAILED" -> !told;
      default -> !told && (state.runId().isPresent() || !logs.hasUnits());
    };
  }

  /** One that somebody has deleted will not be there. */
  private boolean hasParent() {
    return run.parent()
        .filter(key -> Files.isDirectory(workdir.resolve("runs").resolve(key)))
        .isPresent();
  }

  /** Whether the server has the run's end, as the last pass left it. */
  boolean hasSentEnd() {
    return end().isPresent() && state.sentEnd().equals(told(end().get()));
  }

  /** A run whose parent the server does not have yet is not whole there. */
  private Optional<String> nested(Optional<String> missing) {
    boolean waits = run.parent().isPresent() && state.runId().isPresent() && !state.isNested();
    return waits && missing.isEmpty()
        ? Optional.of("its parent run is not on the server yet")
        : missing;
  }

  private Optional<String> pass() throws IOException {
    confirmRun();
    if (state.runId().isEmpty() && !logs.hasBegun()) {
      return Optional.empty();
    }
    projectLogs();
    nestUnderParent();
    boolean ends = end().isPresent() && !hasSentEnd();
    boolean goesOn = end().isEmpty() && !state.sentEnd().isEmpty();
    if (!ends && !goesOn) {
      return Optional.empty();
    }
    String id = openRun();
    // Once more: a log may have grown after it was read and before the end was, and of a run that
    // was deleted and is made anew nothing is told yet.
    projectLogs();
    if (end().isPresent()) {
      return finish(end().get());
    }
    if (!MlflowApi.isFinishedByAnother(confirmOnly(id), owner)) {
      api.reopen(id);
    }
    state.setSentEnd("");
    state.save();
    return Optional.empty();
  }

  // ---- the run

  /**
   * A server that was emptied gets everything again, and one that was set back to before the run's
   * end too, since nobody knows what else it lacks. A run that a person deleted stays so, unless it
   * has more to tell.
   */
  private void confirmRun() throws IOException {
    if (confirmed) {
      return;
    }
    if (state.runId().isPresent()) {
      Optional<JsonNode> server = api.run(state.runId().get());
      if (server.isEmpty()) {
        forget("The server has lost run %s: projecting it anew".formatted(run.name()));
      } else if (!state.sentEnd().isEmpty() && MlflowApi.isRunning(server.get(), owner)) {
        // Of a run that we reopened ourselves no end is noted.
        forget(
            "The server has run %s as it was before its end: projecting it anew"
                .formatted(run.name()));
      }
    }
    sender.registerLeftOut();
    confirmed = true;
  }

  /** The run's id on the server, made, found or confirmed at the first need. */
  private String openRun() throws IOException {
    if (!open) {
      Optional<String> known = state.runId().flatMap(api::experimentOfActive);
      if (known.isEmpty() && state.runId().isPresent()) {
        forget("Run %s was deleted on the server: projecting it anew".formatted(run.name()));
      }
      String experimentId =
          known.isPresent() ? known.get() : api.ensureExperiment(run.experiment(), warnings);
      adopt(
          experimentId,
          api.ensureRun(experimentId, run.key(), owner, run.name(), logs.startTime()));
    }
    return state.runId().orElseThrow();
  }

  private void adopt(String experimentId, Run server) throws IOException {
    String id = server.getInfo().getRunId();
    if (!state.runId().equals(Optional.of(id))) {
      state.adoptRun(id, experimentId, server.getInfo().getArtifactUri());
      state.save();
    }
    forgetValues();
    server.getData().getMetricsList().forEach(metric -> metricsOnServer.add(metric.getKey()));
    server.getData().getParamsList().forEach(param -> params.put(param.getKey(), param.getValue()));
    open = true;
  }

  private void forget(String warning) throws IOException {
    warnings.accept(warning);
    state.forgetRun();
    state.save();
    forgetValues();
  }

  private void forgetValues() {
    open = false;
    metricsOnServer.clear();
    steps.clear();
    params.clear();
    sender.forgetPictures();
  }

  private void nestUnderParent() throws IOException {
    if (run.parent().isEmpty() || state.isNested() || state.runId().isEmpty()) {
      return;
    }
    Optional<Run> parent = api.runByKey(state.experimentId(), run.parent().get(), owner);
    if (parent.isPresent()) {
      api.setTag(state.runId().orElseThrow(), PARENT_TAG, parent.get().getInfo().getRunId());
      state.setNested();
      state.save();
    }
  }

  // ---- logs

  /** A run that is made anew meanwhile is told all logs, those before among them. */
  private void projectLogs() throws IOException {
    Optional<String> known;
    do {
      known = state.runId();
      for (String log : run.logs()) {
        projectLog(log);
      }
    } while (known.isPresent() && !state.runId().equals(known));
  }

  private void projectLog(String log) throws IOException {
    Journal journal = logs.journal(log);
    rewindIfAnother(log, journal);
    boolean more = true;
    while (more) {
      LogPosition position = state.position(log);
      if (journal.size() <= position.offset()) {
        return;
      }
      Journal.Slice slice = journal.read(position.offset(), extentOf(log));
      slice.unreadable().forEach(line -> warnOf(log, "skipped a line that is no event: " + line));
      if (slice.end() == position.offset()) {
        return;
      }
      if (slice.entries().stream().anyMatch(entry -> TOLD.contains(entry.type()))) {
        openRun();
      }
      // Opening a run that was deleted has made it anew, and then nothing of the log is told.
      if (state.position(log).offset() == position.offset()) {
        projectEntries(log, slice);
        more = slice.more();
      }
    }
  }

  /**
   * A log that was cut back, or that another one took the place of, is read from its start; what
   * the server has is not sent again. A unit's that was deleted stays as far as it was read.
   */
  private void rewindIfAnother(String log, Journal journal) throws IOException {
    LogPosition position = state.position(log);
    boolean deleted = RunLogs.isOfUnit(log) && !journal.exists();
    if (position.equals(LogPosition.START) || deleted) {
      return;
    }
    boolean known = !position.before().isEmpty();
    if (!journal.exists()
        || journal.size() < position.offset()
        || (known && !journal.before(position.offset()).equals(position.before()))) {
      state.setPosition(log, LogPosition.START);
    }
  }

  private Extent extentOf(String log) {
    boolean failed = end().filter(end -> end.path("status").asText().equals("FAILED")).isPresent();
    return RunLogs.isOfUnit(log) && !failed ? Extent.LAST_MARK : Extent.LAST_LINE;
  }

  private void projectEntries(String log, Journal.Slice slice) throws IOException {
    LogBatch batch = new LogBatch();
    LogPosition position = state.position(log);
    for (Entry entry : slice.entries()) {
      if (batch.isFull()) {
        commit(log, batch, position);
        batch = new LogBatch();
      }
      switch (entry.type()) {
        case "metric" -> addMetric(log, batch, entry.event());
        case "param" -> addParam(log, batch, entry.event());
        case "tag" -> addTag(batch, entry.event());
        case "input", "figure", "artifact", "model" -> {
          commit(log, batch, position);
          batch = new LogBatch();
          sendOne(log, entry);
        }
        case "done" -> position = new LogPosition(position.offset(), "", true, position.end());
        case "end" ->
            position =
                new LogPosition(position.offset(), "", position.done(), Optional.of(entry.event()));
        default -> {
          // start was read when the run was made; progress and checkpoint are for others.
        }
      }
      position = new LogPosition(entry.end(), "", position.done(), position.end());
    }
    commit(log, batch, new LogPosition(slice.end(), "", position.done(), position.end()));
  }

  private void commit(String log, LogBatch batch, LogPosition position) throws IOException {
    if (!batch.isEmpty()) {
      String id = openRun();
      send(id, batch.metrics(), batch.params(), batch.tags());
      batch.metrics().forEach(metric -> stepsOf(metric.getKey()).add(metric.getStep()));
    }
    boolean further = position.offset() > state.position(log).offset();
    state.setPosition(
        log,
        new LogPosition(
            position.offset(),
            logs.journal(log).before(position.offset()),
            position.done(),
            position.end()));
    state.save();
    if (further) {
      api.progress().made();
    }
  }

  /**
   * A batch with one bad entry is refused whole, so the bad one is found by halving and left out
   * with a warning.
   */
  private void send(String id, List<Metric> metrics, List<Param> params, List<RunTag> tags) {
    try {
      api.logBatch(id, metrics, params, tags);
      params.forEach(param -> this.params.put(param.getKey(), param.getValue()));
    } catch (ServerRefusedException e) {
      if (e.remedy().isPresent() || !api.isActive(id)) {
        throw e;
      }
      if (metrics.size() + params.size() + tags.size() == 1) {
        refused(id, metrics, params, tags, e);
        return;
      }
      List<Object> entries = new ArrayList<>(params);
      entries.addAll(tags);
      entries.addAll(metrics);
      sendEntries(id, entries.subList(0, entries.size() / 2));
      sendEntries(id, entries.subList(entries.size() / 2, entries.size()));
    }
  }

  private void sendEntries(String id, List<Object> entries) {
    send(
        id,
        entries.stream().filter(Metric.class::isInstance).map(Metric.class::cast).toList(),
        entries.stream().filter(Param.class::isInstance).map(Param.class::cast).toList(),
        entries.stream().filter(RunTag.class::isInstance).map(RunTag.class::cast).toList());
  }

  private void refused(
      String id,
      List<Metric> metrics,
      List<Param> params,
      List<RunTag> tags,
      ServerRefusedException e) {
    metrics.forEach(metric -> warn("metric %s: %s".formatted(metric.getKey(), e.getMessage())));
    tags.forEach(tag -> warn("tag %s: %s".formatted(tag.getKey(), e.getMessage())));
    for (Param param : params) {
      warn("parameter %s: %s".formatted(param.getKey(), e.getMessage()));
      api.setTag(id, CONFLICT_TAG + param.getKey(), param.getValue());
    }
  }

  // ---- values

  private void addMetric(String log, LogBatch batch, JsonNode event) throws IOException {
    String key = MlflowText.key(event.path("name").asText());
    long step = event.path("step").asLong();
    Optional<Double> value = numberOf(event.path("value"));
    if (value.isEmpty()) {
      warnOf(log, "skipped a metric without a number: " + Transport.brief(event.toString()));
      return;
    }
    openRun();
    if (batch.holds(key, step) || stepsOf(key).contains(step)) {
      return;
    }
    batch.add(
        Metric.newBuilder()
            .setKey(key)
            .setValue(value.get())
            .setStep(step)
            .setTimestamp(event.path("time").asLong())
            .build());
  }

  private static Optional<Double> numberOf(JsonNode value) {
    if (value.isNumber()) {
      return Optional.of(value.doubleValue());
    }
    return switch (value.asText("")) {
      case "NaN" -> Optional.of(Double.NaN);
      case "Infinity" -> Optional.of(Double.POSITIVE_INFINITY);
      case "-Infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
      default -> Optional.empty();
    };
  }

  /**
   * The steps that the server has of a metric; asked once, and only for a metric that it had when
   * the run was opened.
   */
  private Set<Long> stepsOf(String key) {
    return steps.computeIfAbsent(
        key,
        metric ->
            metricsOnServer.contains(metric)
                ? api.steps(state.runId().orElseThrow(), metric)
                : new HashSet<>());
  }

  private void addParam(String log, LogBatch batch, JsonNode event) throws IOException {
    String key = MlflowText.key(event.path("name").asText());
    String value = MlflowText.param(event.path("value").asText(""));
    openRun();
    String known = batch.param(key) != null ? batch.param(key) : params.get(key);
    if (known == null) {
      batch.addParam(key, value);
    } else if (!known.equals(value)) {
      warnOf(
          log,
          "parameter %s is %s on the server, and stays so; the log says %s"
              .formatted(key, Transport.brief(known), Transport.brief(value)));
      batch.addTag(MlflowText.key(CONFLICT_TAG + key), MlflowText.tag(value));
    }
  }

  private static void addTag(LogBatch batch, JsonNode event) {
    batch.addTag(
        MlflowText.key(event.path("name").asText()),
        MlflowText.tag(event.path("value").asText("")));
  }

  // ---- what is sent one by one

  /**
   * What a server refuses for good is left out with a warning, or nothing after it would ever
   * arrive; what it may take once somebody has mended it waits, and the run with it.
   */
  private void sendOne(String log, Entry entry) throws IOException {
    String id = openRun();
    if (!entry.type().equals("input") && !state.artifacts().isServed()) {
      warn(state.artifacts().notServed());
      return;
    }
    try {
      sender.send(log, id, entry);
    } catch (ServerRefusedException e) {
      String what = "cannot send %s: %s".formatted(labelOf(entry), e.getMessage());
      if (e.remedy().isPresent()) {
        throw new ServerRefusedException(e.status(), e.code(), what);
      }
      if (!api.isActive(id)) {
        throw e;
      }
      warnOf(log, what);
    } catch (EventSender.MissingFileException e) {
      warnOf(log, "cannot send %s: %s".formatted(labelOf(entry), e.getMessage()));
      losses.accept("%s (%s)".formatted(labelOf(entry), e.getMessage()));
    }
  }

  private static String labelOf(Entry entry) {
    String name = entry.event().path("name").asText(entry.event().path("path").asText());
    return entry.type() + " " + name;
  }

  // ---- the end

  private Optional<JsonNode> end() {
    return run.logs().stream()
        .map(log -> state.position(log).end())
        .flatMap(Optional::stream)
        .reduce((earlier, later) -> later);
  }

  private Optional<String> finish(JsonNode end) throws IOException {
    RunStatus status = statusOf(end.path("status").asText());
    Optional<String> unfinished = status == RunStatus.FINISHED ? unfinishedLog() : Optional.empty();
    if (unfinished.isPresent()) {
      return Optional.of("it ended, but %s has no done line".formatted(unfinished.get()));
    }
    String told = told(end);
    lostLogs(end).forEach(log -> warnOf(log, "it is not there, so the server lacks what it told"));
    String id = openRun();
    Run server = confirmOnly(id);
    if (status == RunStatus.FINISHED) {
      api.deleteTag(id, REASON_TAG);
      api.terminate(id, status, logs.endTime(end, server.getInfo()));
    } else if (!MlflowApi.isFinishedByAnother(server, owner)) {
      api.setTag(id, REASON_TAG, end.path("reason").asText(""));
      api.terminate(id, status, logs.endTime(end, server.getInfo()));
    }
    state.setSentEnd(told);
    state.save();
    return Optional.empty();
  }

  /**
   * A creation whose answer came too late may have left a second run: the last moment to see it.
   */
  private Run confirmOnly(String id) {
    Optional<Run> only = api.runByKey(state.experimentId(), run.key(), owner);
    if (!only.map(each -> each.getInfo().getRunId()).equals(Optional.of(id))) {
      throw new ServerRefusedException(0, "", "run %s is not the one with its key".formatted(id));
    }
    return only.get();
  }

  private static RunStatus statusOf(String status) {
    return switch (status) {
      case "FINISHED" -> RunStatus.FINISHED;
      case "KILLED" -> RunStatus.KILLED;
      default -> RunStatus.FAILED;
    };
  }

  private Optional<String> unfinishedLog() {
    return run.logs().stream()
        .filter(RunLogs::isOfUnit)
        .filter(
            log ->
                !state.position(log).done() && (!logs.isEvaluated() || logs.journal(log).exists()))
        .findFirst();
  }

  /** Deleted before they were told, and nobody may ever make them again. */
  private List<String> lostLogs(JsonNode end) {
    return statusOf(end.path("status").asText()) != RunStatus.FINISHED || !logs.isEvaluated()
        ? List.of()
        : run.logs().stream()
            .filter(RunLogs::isOfUnit)
            .filter(log -> !state.position(log).done() && !logs.journal(log).exists())
            .toList();
  }

  /** An end and what it came without: it is told again when that is there after all. */
  private String told(JsonNode end) {
    return end + String.join(" ", lostLogs(end));
  }

  // ---- helpers

  private void warn(String what) {
    warnings.accept("Run %s: %s".formatted(run.name(), what));
  }

  private void warnOf(String log, String what) {
    warnings.accept("Run %s, %s: %s".formatted(run.name(), log, what));
  }
}
