package dev.twofold.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.tracking.Journal.Entry;
import dev.twofold.tracking.Journal.Extent;
import dev.twofold.tracking.ProjectionState.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
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
  private static final String ARTIFACTS = "artifacts/";
  private static final String EVALUATIONS = ARTIFACTS + "evaluate/";
  private static final String IMAGES = "images";
  private static final int FORBIDDEN = 403;

  /** What needs the run on the server. */
  private static final Set<String> TOLD =
      Set.of("metric", "param", "tag", "input", "figure", "artifact", "model");

  /** The last that is sent of a picture. */
  private static final String COMPRESSED = "+compressed.webp";

  private final MlflowApi api;
  private final Path workdir;
  private final RunDescription run;
  private final String owner;
  private final Consumer<String> warnings;
  private final Consumer<String> losses;
  private final ProjectionState state;
  private final Map<String, Journal> journals = new HashMap<>();

  /** Whether what the server has of this run was read. */
  private boolean open;

  private boolean confirmed;

  /** What the server has of this run; filled when the run is opened. */
  private final Set<String> metricsOnServer = new HashSet<>();

  private final Map<String, Set<Long>> steps = new HashMap<>();
  private final Map<String, String> params = new HashMap<>();
  private Optional<Set<String>> pictures = Optional.empty();

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
    Optional<JsonNode> end = lastEnd();
    if (end.isEmpty()) {
      return false;
    }
    boolean told =
        state.sentEnd().startsWith(end.get().toString()) && (state.isNested() || !hasParent());
    return switch (end.get().path("status").asText()) {
      case "FINISHED" -> !told && isEvaluated();
      case "FAILED" -> !told;
      default -> !told && (state.runId().isPresent() || !hasUnits());
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
    if (state.runId().isEmpty() && !hasBegun()) {
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
    registerLeftOut();
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
      adopt(experimentId, api.ensureRun(experimentId, run.key(), owner, run.name(), startTime()));
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
    pictures = Optional.empty();
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

  /**
   * A server sets a run's start when it makes the run: one that is planned waits for its first
   * unit, or for its failure without any. What was interrupted before is only put off.
   */
  private boolean hasBegun() throws IOException {
    return !hasUnits()
        || work().isPresent()
        || hasEnded("FAILED")
        || (isEvaluated() && hasEnded("FINISHED"));
  }

  /**
   * Units that were deleted are not made again for what is evaluated, nor for what has no
   * evaluation.
   */
  private boolean isEvaluated() {
    return run.logs().stream()
        .filter(log -> log.startsWith(EVALUATIONS))
        .allMatch(log -> journal(log).exists());
  }

  private boolean hasEnded(String status) throws IOException {
    return lastEnd().filter(end -> end.path("status").asText().equals(status)).isPresent();
  }

  /** As the outcome has it, whether it has been projected or not. */
  private Optional<JsonNode> lastEnd() throws IOException {
    Optional<JsonNode> end = Optional.empty();
    for (String log : run.logs()) {
      if (log.endsWith("/outcome.jsonl")) {
        for (Entry entry : journal(log).read(0, Extent.LAST_LINE).entries()) {
          if (entry.type().equals("end")) {
            end = Optional.of(entry.event());
          }
        }
      }
    }
    return end;
  }

  private boolean hasUnits() {
    return run.logs().stream().anyMatch(log -> log.startsWith(ARTIFACTS));
  }

  /**
   * When its units were at work, whichever invocation began or ended around them. An evaluation is
   * no part of it: it waits until all units of the invocation are trained.
   */
  private Optional<Span> work() throws IOException {
    return Span.of(
        run.logs().stream()
            .filter(log -> log.startsWith(ARTIFACTS) && !log.startsWith(EVALUATIONS))
            .map(this::journal)
            .toList());
  }

  /** What came to its end before a unit began took no time. */
  private long startTime() throws IOException {
    Optional<Span> work = work();
    if (work.isPresent()) {
      return work.get().first();
    }
    return Span.of(run.logs().stream().map(this::journal).toList())
        .map(told -> hasUnits() ? told.last() : told.first())
        .orElseGet(System::currentTimeMillis);
  }

  /**
   * The server keeps the start that it was told first. Where its units were made anew since, or
   * were not there then, they end as long after that start as they took: the duration is theirs.
   */
  private long endTime(JsonNode end, RunInfo server) throws IOException {
    Optional<Span> work = work();
    if (work.isPresent()) {
      Span span = work.get();
      boolean otherStart =
          server.getEndTime() <= span.first() || server.getStartTime() > span.first();
      return otherStart ? server.getStartTime() + span.last() - span.first() : span.last();
    }
    if (hasUnits()) {
      return Math.max(server.getStartTime(), server.getEndTime());
    }
    long told = end.path("time").asLong();
    return told > 0 ? told : System.currentTimeMillis();
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
    Journal journal = journal(log);
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
    boolean deleted = log.startsWith(ARTIFACTS) && !journal.exists();
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
    return log.startsWith(ARTIFACTS) && !failed ? Extent.LAST_MARK : Extent.LAST_LINE;
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
            journal(log).before(position.offset()),
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
      switch (entry.type()) {
        case "input" -> sendInput(id, entry.event());
        case "figure" -> sendFigure(log, entry.event());
        case "artifact" -> sendArtifact(log, entry.event());
        default -> sendModel(log, id, entry.event());
      }
    } catch (ServerRefusedException e) {
      String what = "cannot send %s: %s".formatted(labelOf(entry), e.getMessage());
      if (e.remedy().isPresent()) {
        throw new ServerRefusedException(e.status(), e.code(), what);
      }
      if (!api.isActive(id)) {
        throw e;
      }
      warnOf(log, what);
    } catch (MissingFileException e) {
      warnOf(log, "cannot send %s: %s".formatted(labelOf(entry), e.getMessage()));
      losses.accept("%s (%s)".formatted(labelOf(entry), e.getMessage()));
    }
  }

  private static String labelOf(Entry entry) {
    String name = entry.event().path("name").asText(entry.event().path("path").asText());
    return entry.type() + " " + name;
  }

  private void sendInput(String id, JsonNode event) {
    ObjectNode dataset = Transport.JSON.createObjectNode();
    String source = event.path("source").asText("");
    dataset
        .put("name", event.path("name").asText())
        .put("digest", sideDigest(event))
        .put("source_type", source.startsWith("http") ? "http" : "local")
        .put("source", Transport.JSON.createObjectNode().put("uri", source).toString());
    ObjectNode profile = Transport.JSON.createObjectNode();
    profile.set("num_rows", event.path("rows"));
    profile.set("num_classes", event.path("classes"));
    profile.set("dataset_digest", event.path("digest"));
    dataset.put("profile", profile.toString());
    api.logInput(id, dataset, event.path("context").asText("train"));
  }

  /**
   * A server has one dataset of a name and digest, with the profile that it was told first, and in
   * a run once, with its first context: so each side of a split has a digest of its own. Older logs
   * do not say it.
   */
  private static String sideDigest(JsonNode event) {
    String side = event.path("side").asText("");
    return side.isEmpty()
        ? MlflowApi.uuidOf(
                Stream.of("digest", "context", "rows", "classes")
                    .map(name -> event.path(name).asText())
                    .collect(Collectors.joining("\n")))
            .toString()
        : side;
  }

  /**
   * The image grid takes a picture and its compressed twin, and renders PNG bytes under the twin's
   * name.
   */
  private void sendFigure(String log, JsonNode event) throws IOException {
    String name = event.path("name").asText().replaceAll("[^A-Za-z0-9_\\-. /]", "_");
    String picture = "%s+step+%d".formatted(name.replace('/', '~'), event.path("step").asLong());
    if (!pictures().contains(picture)) {
      byte[] png = Files.readAllBytes(existing(log, event));
      String stem =
          "%s/%s+timestamp+%d+%s"
              .formatted(
                  IMAGES,
                  picture,
                  event.path("time").asLong(),
                  MlflowApi.uuidOf(run.key() + "\n" + event));
      api.upload(state.artifacts(), stem + ".png", png);
      api.upload(state.artifacts(), stem + COMPRESSED, png);
      pictures().add(picture);
    }
    if (!state.areImagesMarked()) {
      api.setTag(state.runId().orElseThrow(), "mlflow.loggedImages", "true");
      state.setImagesMarked();
    }
  }

  /** The names and steps of the pictures that the server has; asked once. */
  private Set<String> pictures() {
    if (pictures.isEmpty()) {
      Set<String> known = new HashSet<>();
      for (String file : api.list(state.artifacts(), IMAGES)) {
        int end = file.indexOf("+timestamp+");
        if (end > 0 && file.endsWith(COMPRESSED)) {
          known.add(file.substring(0, end));
        }
      }
      pictures = Optional.of(known);
    }
    return pictures.get();
  }

  private void sendArtifact(String log, JsonNode event) throws IOException {
    String folder = event.path("to").asText("");
    Path source = existing(log, event);
    String name = folder.isEmpty() ? "" : folder + "/";
    if (Files.isDirectory(source)) {
      uploadFolder(state.artifacts(), source, name + source.getFileName());
    } else {
      upload(state.artifacts(), source, name + source.getFileName());
    }
  }

  private void uploadFolder(ArtifactRoot root, Path folder, String to) throws IOException {
    List<Path> files;
    try (Stream<Path> paths = Files.walk(folder)) {
      files = paths.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      upload(root, file, to + "/" + folder.relativize(file).toString().replace('\\', '/'));
    }
  }

  private void upload(ArtifactRoot root, Path file, String to) throws IOException {
    api.upload(root, MlflowText.artifactPath(to), file, Files.size(file));
  }

  private void sendModel(String log, String id, JsonNode event) throws IOException {
    Path savedModel = existing(log, event);
    String name = MlflowText.modelName(event.path("name").asText());
    String task = event.path("task").asText("");
    MlflowApi.LoggedModel model =
        api.ensureModel(
            state.experimentId(),
            id,
            run.key() + "#" + name.replace('"', '_'),
            name,
            Map.of("twofold.task", task));
    if (!model.isReady()) {
      uploadFolder(model.artifacts(), savedModel, ModelPackage.DATA);
      ModelPackage.files(model.id(), id, event, Instant.ofEpochMilli(startTime()))
          .forEach((path, content) -> api.upload(model.artifacts(), path, content));
    }
    api.markReady(id, model.id());
    if (run.register().isPresent()) {
      String suffix = task.isEmpty() ? "" : "-" + task;
      register(model.id(), MlflowText.modelName(run.register().get() + suffix));
    }
  }

  /** Where a policy forbids it, the run is whole without it: this alone waits for a next time. */
  private void register(String modelId, String name) {
    try {
      api.register(name, state.runId().orElseThrow(), modelId);
      state.setRegistered(modelId);
    } catch (ServerRefusedException e) {
      if (e.status() != FORBIDDEN) {
        throw e;
      }
      state.setUnregistered(modelId, name);
      String answer = e.getMessage().startsWith("403 ") ? e.getMessage() : "403 " + e.getMessage();
      warn(
          "model %s is not registered: %s answered %s (%s; the same command registers it then)"
              .formatted(name, api.uri(), answer, e.remedy().orElseThrow()));
    }
  }

  /**
   * Once a process, for somebody may have given the right to it since. A run that was deleted stays
   * so.
   */
  private void registerLeftOut() throws IOException {
    Map<String, String> leftOut = state.unregistered();
    if (leftOut.isEmpty() || !api.isActive(state.runId().orElseThrow())) {
      return;
    }
    for (Map.Entry<String, String> model : leftOut.entrySet()) {
      try {
        register(model.getKey(), model.getValue());
      } catch (ServerRefusedException e) {
        if (e.remedy().isPresent()) {
          throw e;
        }
        state.setRegistered(model.getKey());
        warn("cannot register model %s: %s".formatted(model.getValue(), e.getMessage()));
      }
    }
    state.save();
  }

  /** The file or folder that an event names; never one outside the workdir. */
  private Path existing(String log, JsonNode event) throws IOException {
    String path = event.path("path").asText();
    Path root = workdir.toAbsolutePath().normalize();
    Path file = root.resolve(log).resolveSibling(path).normalize();
    if (!file.startsWith(root)) {
      throw new MissingFileException("%s lies outside of %s".formatted(path, root));
    }
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new MissingFileException(file + " is not there");
    }
    return file;
  }

  private static final class MissingFileException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingFileException(String message) {
      super(message);
    }
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
      api.terminate(id, status, endTime(end, server.getInfo()));
    } else if (!MlflowApi.isFinishedByAnother(server, owner)) {
      api.setTag(id, REASON_TAG, end.path("reason").asText(""));
      api.terminate(id, status, endTime(end, server.getInfo()));
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
        .filter(log -> log.startsWith(ARTIFACTS))
        .filter(log -> !state.position(log).done() && (!isEvaluated() || journal(log).exists()))
        .findFirst();
  }

  /** Deleted before they were told, and nobody may ever make them again. */
  private List<String> lostLogs(JsonNode end) {
    return statusOf(end.path("status").asText()) != RunStatus.FINISHED || !isEvaluated()
        ? List.of()
        : run.logs().stream()
            .filter(log -> log.startsWith(ARTIFACTS))
            .filter(log -> !state.position(log).done() && !journal(log).exists())
            .toList();
  }

  /** An end and what it came without: it is told again when that is there after all. */
  private String told(JsonNode end) {
    return end + String.join(" ", lostLogs(end));
  }

  // ---- helpers

  private Journal journal(String log) {
    return journals.computeIfAbsent(log, each -> new Journal(workdir.resolve(each)));
  }

  private void warn(String what) {
    warnings.accept("Run %s: %s".formatted(run.name(), what));
  }

  private void warnOf(String log, String what) {
    warnings.accept("Run %s, %s: %s".formatted(run.name(), log, what));
  }
}
