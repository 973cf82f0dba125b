package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.CreateExperiment;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.ExperimentTag;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;

/**
 * What the projection asks of an MLflow server, each call so that it may be made again.
 *
 * <p>Runs and their values go through MLflow's Java client. What that cannot do without Python
 * (artifacts) or at all (inputs, logged models) is plain REST.
 */
final class MlflowApi {
  static final String KEY_TAG = "twofold.key";
  private static final String OWNER_TAG = "twofold.workdir";
  private static final String CREATED_TAG = "twofold.created";
  private static final String EXPERIMENT_TAG = "twofold.experiment";

  private static final Pattern SLASH = Pattern.compile("/");
  private static final int MAX_RESULTS = 100;
  private static final int HISTORY_PAGE = 25_000;
  private static final String ALREADY_EXISTS = "RESOURCE_ALREADY_EXISTS";

  private final URI uri;
  private final Transport transport;
  private final SafeMlflowClient client;

  /**
   * @param uri without a user and without a trailing slash
   */
  MlflowApi(URI uri, Transport transport) {
    this.uri = uri;
    this.transport = transport;
    this.client = new SafeMlflowClient(transport);
  }

  URI uri() {
    return uri;
  }

  Progress progress() {
    return transport.progress();
  }

  /**
   * Asks something that every MLflow server of the versions we know answers to those it lets in.
   */
  void check() {
    try {
      String answer = client.sendPost("experiments/search", "{\"max_results\":1}");
      if (!parse(answer).isObject()) {
        throw new ServerRefusedException(200, "", "the answer is not MLflow's");
      }
    } catch (ServerAwayException e) {
      if (e.isNotFound()) {
        throw new ServerRefusedException(404, "", e.getMessage());
      }
      throw e;
    }
  }

  // ---- experiments

  /**
   * The active experiment of this name, made, restored, or found again under the name that a person
   * gave it since.
   */
  String ensureExperiment(String name, Consumer<String> warnings) {
    Optional<JsonNode> byName = experimentByName(name);
    if (byName.isEmpty()) {
      Optional<Experiment> renamed = renamedExperiment(name);
      if (renamed.isPresent()) {
        warnings.accept(
            "Experiment %s was renamed to %s on the server: its runs go there"
                .formatted(name, renamed.get().getName()));
        return renamed.get().getExperimentId();
      }
      return createExperiment(name, warnings);
    }
    String id = byName.get().path("experiment_id").asText();
    if (byName.get().path("lifecycle_stage").asText().equals("deleted")) {
      restoreExperiment(id);
      warnings.accept(
          "Experiment %s was deleted on the server, which keeps its name: restored it"
              .formatted(name));
    }
    return id;
  }

  private String createExperiment(String name, Consumer<String> warnings) {
    try {
      return client.createExperiment(
          CreateExperiment.newBuilder()
              .setName(name)
              .addTags(ExperimentTag.newBuilder().setKey(EXPERIMENT_TAG).setValue(name))
              .addTags(
                  ExperimentTag.newBuilder()
                      .setKey("mlflow.experimentKind")
                      .setValue("custom_model_development"))
              .build());
    } catch (ServerRefusedException e) {
      if (e.code().equals(ALREADY_EXISTS) && experimentByName(name).isPresent()) {
        return ensureExperiment(name, warnings);
      }
      throw e;
    }
  }

  private Optional<JsonNode> experimentByName(String name) {
    return found(() -> client.sendGet("experiments/get-by-name?experiment_name=" + encode(name)))
        .map(json -> json.path("experiment"));
  }

  private Optional<Experiment> renamedExperiment(String name) {
    return client
        .searchExperiments(
            tagFilter(EXPERIMENT_TAG, name), ViewType.ACTIVE_ONLY, MAX_RESULTS, List.of())
        .getItems()
        .stream()
        .min(Comparator.comparing(Experiment::getExperimentId));
  }

  /** For the experiment's page and the management of our own server; empty where there is none. */
  Optional<String> experimentTag(String experimentId, String tag) {
    return found(() -> client.sendGet("experiments/get?experiment_id=" + encode(experimentId)))
        .flatMap(
            json -> {
              for (JsonNode each : json.path("experiment").path("tags")) {
                if (each.path("key").asText().equals(tag)) {
                  return Optional.of(each.path("value").asText());
                }
              }
              return Optional.empty();
            });
  }

  /** Of an experiment that is deleted too, which is restored where its tag is to change. */
  void ensureExperimentTag(String experimentId, String tag, String value) {
    if (experimentTag(experimentId, tag).equals(Optional.of(value))) {
      return;
    }
    boolean deleted =
        found(() -> client.sendGet("experiments/get?experiment_id=" + encode(experimentId)))
            .map(json -> json.path("experiment").path("lifecycle_stage").asText())
            .equals(Optional.of("deleted"));
    if (deleted) {
      restoreExperiment(experimentId);
    }
    client.setExperimentTag(experimentId, tag, value);
  }

  private void restoreExperiment(String id) {
    client.sendPost("experiments/restore", object().put("experiment_id", id).toString());
  }

  // ---- runs

  /**
   * The one active run with this key that the owner may add to, made if there is none.
   *
   * <p>A server has no unique keys, and the answer to a creation may be lost while the run stays.
   * Therefore every creator looks again afterwards; of several runs of an owner all its creators
   * keep the same one.
   *
   * @param owner the identity of the workdir
   */
  Run ensureRun(String experimentId, String key, String owner, String name, long startTime) {
    Optional<Run> known = runByKey(experimentId, key, owner);
    if (known.isPresent()) {
      if (tagOf(known.get(), OWNER_TAG).isEmpty() && !isFinished(known.get())) {
        setTag(known.get().getInfo().getRunId(), OWNER_TAG, owner);
      }
      return known.get();
    }
    ServerAwayException lost = null;
    try {
      client.createRun(creation(experimentId, key, owner, name, startTime));
    } catch (ServerAwayException e) {
      lost = e;
    }
    Optional<Run> created = runByKey(experimentId, key, owner);
    if (created.isEmpty()) {
      throw lost != null
          ? lost
          : ServerAwayException.troubled("it does not show the run %s that it made".formatted(key));
    }
    return created.get();
  }

  private static CreateRun creation(
      String experimentId, String key, String owner, String name, long startTime) {
    CreateRun.Builder run =
        CreateRun.newBuilder()
            .setExperimentId(experimentId)
            .setStartTime(startTime)
            .addTags(tag(KEY_TAG, key))
            .addTags(tag(OWNER_TAG, owner))
            .addTags(tag(CREATED_TAG, "%013d".formatted(System.currentTimeMillis())));
    if (!name.isBlank()) {
      run.setRunName(MlflowText.runName(name));
    }
    return run.build();
  }

  /**
   * The active run with this key that is the owner's, or else one that is for all. Of several the
   * eldest counts, and others of the owner's are deleted.
   *
   * <p>A server locks nothing, so two workdirs at work on the same would both send a point that
   * neither saw there: as long as a run may grow, it is its owner's alone.
   */
  Optional<Run> runByKey(String experimentId, String key, String owner) {
    List<Run> runs =
        client
            .searchRuns(
                List.of(experimentId),
                tagFilter("tags", KEY_TAG, key),
                ViewType.ACTIVE_ONLY,
                MAX_RESULTS)
            .getItems()
            .stream()
            .sorted(
                Comparator.comparing((Run run) -> tagOf(run, CREATED_TAG))
                    .thenComparing(run -> run.getInfo().getRunId()))
            .toList();
    List<Run> own = runs.stream().filter(run -> tagOf(run, OWNER_TAG).equals(owner)).toList();
    own.stream().skip(1).forEach(younger -> deleteRun(younger.getInfo().getRunId()));
    return own.stream().findFirst().or(() -> runs.stream().filter(MlflowApi::isForAll).findFirst());
  }

  /** What has no owner's tag is of an earlier version. */
  private static boolean isForAll(Run run) {
    return isFinished(run) || tagOf(run, OWNER_TAG).isEmpty();
  }

  private static boolean isFinished(Run run) {
    return run.getInfo().getStatus() == RunStatus.FINISHED;
  }

  /** Whether another workdir has brought the run to its end, which nobody makes a worse one. */
  static boolean isFinishedByAnother(Run run, String owner) {
    return isFinished(run) && !tagOf(run, OWNER_TAG).equals(owner);
  }

  private void deleteRun(String runId) {
    try {
      client.sendPost("runs/delete", object().put("run_id", runId).toString());
    } catch (ServerRefusedException e) {
      if (isActive(runId)) {
        throw e;
      }
    }
  }

  /** The experiment of a run that exists and is not deleted. */
  Optional<String> experimentOfActive(String runId) {
    return run(runId)
        .filter(MlflowApi::isActiveRun)
        .map(run -> run.path("info").path("experiment_id").asText());
  }

  /** The run as the server has it, deleted or not. */
  Optional<JsonNode> run(String runId) {
    return found(() -> client.sendGet("runs/get?run_id=" + encode(runId)))
        .map(json -> json.path("run"));
  }

  private static boolean isActiveRun(JsonNode run) {
    return run.path("info").path("lifecycle_stage").asText("active").equals("active");
  }

  /** Whether the server takes this run of the owner's for one that is at work. */
  static boolean isRunning(JsonNode run, String owner) {
    boolean own = false;
    for (JsonNode tag : run.path("data").path("tags")) {
      own |= tag.path("key").asText().equals(OWNER_TAG) && tag.path("value").asText().equals(owner);
    }
    return own && isActiveRun(run) && run.path("info").path("status").asText().equals("RUNNING");
  }

  boolean isActive(String runId) {
    return experimentOfActive(runId).isPresent();
  }

  void logBatch(String runId, List<Metric> metrics, List<Param> params, List<RunTag> tags) {
    client.logBatch(runId, metrics, params, tags);
  }

  void setTag(String runId, String key, String value) {
    client.setTag(runId, MlflowText.key(key), MlflowText.tag(value));
  }

  /** No error where the tag is not there. */
  void deleteTag(String runId, String key) {
    try {
      client.deleteTag(runId, key);
    } catch (ServerRefusedException e) {
      if (e.status() != 404) {
        throw e;
      }
    }
  }

  void terminate(String runId, RunStatus status, long time) {
    client.setTerminated(runId, status, time);
  }

  void reopen(String runId) {
    client.sendPost(
        "runs/update", object().put("run_id", runId).put("status", "RUNNING").toString());
  }

  /** The steps at which the server holds a value of the metric. */
  Set<Long> steps(String runId, String metric) {
    Set<Long> steps = new HashSet<>();
    String query =
        "metrics/get-history?run_id=%s&metric_key=%s&max_results=%d"
            .formatted(encode(runId), encode(metric), HISTORY_PAGE);
    String token = "";
    do {
      JsonNode page =
          parse(client.sendGet(token.isEmpty() ? query : query + "&page_token=" + encode(token)));
      page.path("metrics").forEach(point -> steps.add(point.path("step").asLong()));
      token = page.path("next_page_token").asText("");
    } while (!token.isEmpty());
    return steps;
  }

  void logInput(String runId, ObjectNode dataset, String context) {
    ObjectNode body = object().put("run_id", runId);
    ObjectNode input = body.putArray("datasets").addObject();
    input.putArray("tags").addObject().put("key", "mlflow.data.context").put("value", context);
    input.set("dataset", dataset);
    client.sendPost("runs/log-inputs", body.toString());
  }

  // ---- artifacts

  void upload(ArtifactRoot root, String path, byte[] content) {
    transport.put(root.pathOf(path), content, ContentTypes.of(path));
  }

  void upload(ArtifactRoot root, String path, Path file, long size)
      throws java.io.FileNotFoundException {
    transport.put(root.pathOf(path), file, size, ContentTypes.of(path));
  }

  /** The names of what lies in a folder. */
  List<String> list(ArtifactRoot root, String folder) {
    List<String> names = new ArrayList<>();
    parse(transport.get(root.listingOf(folder)))
        .path("files")
        .forEach(file -> names.add(file.path("path").asText()));
    return names;
  }

  // ---- logged models

  record LoggedModel(String id, String sourceRunId, String status, ArtifactRoot artifacts) {
    boolean isReady() {
      return status.equals("LOGGED_MODEL_READY");
    }
  }

  /**
   * The one logged model with this key that belongs to the run; those of a run that is gone are
   * deleted, but for what somebody has registered.
   */
  LoggedModel ensureModel(
      String experimentId, String runId, String key, String name, Map<String, String> tags) {
    Optional<LoggedModel> known = modelByKey(experimentId, runId, key);
    if (known.isPresent()) {
      return known.get();
    }
    ObjectNode body =
        object().put("experiment_id", experimentId).put("name", name).put("source_run_id", runId);
    ArrayNode tagList = body.putArray("tags");
    tagList.addObject().put("key", KEY_TAG).put("value", key);
    tags.forEach(
        (tag, value) -> tagList.addObject().put("key", tag).put("value", MlflowText.tag(value)));
    ServerAwayException lost = null;
    try {
      client.sendPost("logged-models", body.toString());
    } catch (ServerAwayException e) {
      lost = e;
    }
    Optional<LoggedModel> created = modelByKey(experimentId, runId, key);
    if (created.isEmpty()) {
      throw lost != null
          ? lost
          : ServerAwayException.troubled(
              "it does not show the model %s that it made".formatted(name));
    }
    return created.get();
  }

  private Optional<LoggedModel> modelByKey(String experimentId, String runId, String key) {
    ObjectNode query = object().put("max_results", MAX_RESULTS);
    query.putArray("experiment_ids").add(experimentId);
    query.put("filter", tagFilter("tags", KEY_TAG, key));
    List<LoggedModel> models = new ArrayList<>();
    for (JsonNode model :
        parse(client.sendPost("logged-models/search", query.toString())).path("models")) {
      JsonNode info = model.path("info");
      models.add(
          new LoggedModel(
              info.path("model_id").asText(),
              info.path("source_run_id").asText(),
              info.path("status").asText(),
              ArtifactRoot.parse(info.path("artifact_uri").asText())));
    }
    models.sort(
        Comparator.comparing((LoggedModel model) -> !model.sourceRunId().equals(runId))
            .thenComparing(model -> !model.isReady())
            .thenComparing(LoggedModel::id));
    boolean ours = !models.isEmpty() && models.get(0).sourceRunId().equals(runId);
    models.stream()
        .skip(ours ? 1 : 0)
        .filter(model -> model.sourceRunId().equals(runId) || !isActive(model.sourceRunId()))
        .filter(model -> !isRegistered(model))
        .forEach(model -> deleteModel(model.id()));
    return ours ? Optional.of(models.get(0)) : Optional.empty();
  }

  private boolean isRegistered(LoggedModel model) {
    return model.isReady()
        && !versionsOf(quoted("run_id = ", model.sourceRunId()), model.id()).isEmpty();
  }

  private void deleteModel(String modelId) {
    found(() -> client.sendDelete("logged-models/" + encode(modelId), ""));
  }

  void markReady(String runId, String modelId) {
    client.sendPatch(
        "logged-models/" + encode(modelId),
        object().put("model_id", modelId).put("status", "LOGGED_MODEL_READY").toString());
    if (!outputsOf(runId).contains(modelId)) {
      ObjectNode body = object().put("run_id", runId);
      body.putArray("models").addObject().put("model_id", modelId).put("step", 0);
      try {
        client.sendPost("runs/outputs", body.toString());
      } catch (ServerRefusedException e) {
        // A repeated request: the first one's answer was lost.
        if (!outputsOf(runId).contains(modelId)) {
          throw e;
        }
      }
    }
  }

  private Set<String> outputsOf(String runId) {
    Set<String> models = new HashSet<>();
    parse(client.sendGet("runs/get?run_id=" + encode(runId)))
        .path("run")
        .path("outputs")
        .path("model_outputs")
        .forEach(output -> models.add(output.path("model_id").asText()));
    return models;
  }

  /**
   * A version of the registered model that points at the logged one; one, however often this is
   * asked.
   */
  void register(String registeredName, String runId, String modelId) {
    try {
      client.sendPost("registered-models/create", object().put("name", registeredName).toString());
    } catch (ServerRefusedException e) {
      if (!e.code().equals(ALREADY_EXISTS)) {
        throw e;
      }
    }
    if (versions(registeredName, runId, modelId).isEmpty()) {
      ServerAwayException lost = createVersion(registeredName, runId, modelId);
      List<Integer> created = versions(registeredName, runId, modelId);
      if (created.isEmpty() && lost != null) {
        throw lost;
      }
      created.stream().skip(1).forEach(version -> deleteVersion(registeredName, version));
    }
  }

  /** Why it is not known whether there is a version after this, or null. */
  private ServerAwayException createVersion(String registeredName, String runId, String modelId) {
    ObjectNode body =
        object()
            .put("name", registeredName)
            .put("source", "models:/" + modelId)
            .put("run_id", runId)
            .put("model_id", modelId);
    try {
      client.sendPost("model-versions/create", body.toString());
      return null;
    } catch (ServerAwayException e) {
      return e;
    }
  }

  private void deleteVersion(String registeredName, int version) {
    ObjectNode body =
        object().put("name", registeredName).put("version", Integer.toString(version));
    found(() -> client.sendDelete("model-versions/delete", body.toString()));
  }

  /** The versions that are this model, the eldest first. */
  private List<Integer> versions(String registeredName, String runId, String modelId) {
    return versionsOf(quoted("name = ", registeredName) + quoted(" AND run_id = ", runId), modelId);
  }

  private List<Integer> versionsOf(String filter, String modelId) {
    String query =
        "model-versions/search?max_results=%d&filter=%s".formatted(MAX_RESULTS, encode(filter));
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode version : parse(client.sendGet(query)).path("model_versions")) {
      if (version.path("source").asText().contains(modelId)) {
        numbers.add(version.path("version").asInt());
      }
    }
    return numbers.stream().sorted().toList();
  }

  // ---- helpers

  private interface Request {
    String send();
  }

  /** Empty where the server does not know the thing that was asked for. */
  private static Optional<JsonNode> found(Request request) {
    try {
      return Optional.of(parse(request.send()));
    } catch (ServerRefusedException e) {
      if (e.status() == 404 && e.code().equals("RESOURCE_DOES_NOT_EXIST")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static JsonNode parse(String json) {
    try {
      return Transport.JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw ServerAwayException.troubled("the answer is not MLflow's: " + Transport.brief(json));
    }
  }

  private static ObjectNode object() {
    return Transport.JSON.createObjectNode();
  }

  static RunTag tag(String key, String value) {
    return RunTag.newBuilder().setKey(key).setValue(value).build();
  }

  private static String tagOf(Run run, String key) {
    return run.getData().getTagsList().stream()
        .filter(tag -> tag.getKey().equals(key))
        .map(RunTag::getValue)
        .findFirst()
        .orElse("");
  }

  private static String tagFilter(String key, String value) {
    return tagFilter("tags", key, value);
  }

  private static String tagFilter(String entity, String key, String value) {
    return quoted(entity + ".`" + key + "` = ", value);
  }

  /** MLflow's filters know no escape: a value with one kind of quotes is put into the other. */
  private static String quoted(String comparison, String value) {
    String quote = value.contains("'") ? "\"" : "'";
    return comparison + quote + value + quote;
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  static String encodePath(String path) {
    return SLASH.splitAsStream(path).map(MlflowApi::encode).collect(Collectors.joining("/"));
  }

  /** The same for the same thing, so that a repeated upload overwrites. */
  static UUID uuidOf(String thing) {
    return UUID.nameUUIDFromBytes(thing.getBytes(UTF_8));
  }
}
