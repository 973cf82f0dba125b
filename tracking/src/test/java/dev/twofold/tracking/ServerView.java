package dev.twofold.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads back over plain REST what a server has, so that the tests do not believe the code that
 * wrote it.
 */
final class ServerView {
  private static final String API = "/api/2.0/mlflow/";
  private final String uri;
  private final Transport transport;

  ServerView(String uri) {
    this.uri = uri;
    this.transport = new Transport(URI.create(uri), Credentials.NONE, Optional.empty());
  }

  /** The active runs of an experiment. */
  List<JsonNode> runs(String experiment) throws Exception {
    ObjectNode query = Transport.JSON.createObjectNode().put("max_results", 1000);
    query.putArray("experiment_ids").add(experimentId(experiment));
    List<JsonNode> runs = new ArrayList<>();
    post("runs/search", query).path("runs").forEach(runs::add);
    return runs;
  }

  JsonNode onlyRun(String experiment) throws Exception {
    List<JsonNode> runs = runs(experiment);
    if (runs.size() != 1) {
      throw new AssertionError("%d runs in %s: %s".formatted(runs.size(), experiment, runs));
    }
    return runs.get(0);
  }

  String experimentId(String name) throws Exception {
    return get("experiments/get-by-name?experiment_name=" + MlflowApi.encode(name))
        .path("experiment")
        .path("experiment_id")
        .asText();
  }

  static String id(JsonNode run) {
    return run.path("info").path("run_id").asText();
  }

  static Map<String, String> tags(JsonNode run) {
    return pairs(run.path("data").path("tags"));
  }

  static Map<String, String> params(JsonNode run) {
    return pairs(run.path("data").path("params"));
  }

  private static Map<String, String> pairs(JsonNode list) {
    Map<String, String> pairs = new TreeMap<>();
    list.forEach(each -> pairs.put(each.path("key").asText(), each.path("value").asText()));
    return pairs;
  }

  /** A metric's points as "step=value", in the server's order. */
  List<String> history(String runId, String metric) throws Exception {
    List<String> points = new ArrayList<>();
    get("metrics/get-history?max_results=25000&run_id=%s&metric_key=%s"
            .formatted(runId, MlflowApi.encode(metric)))
        .path("metrics")
        .forEach(
            point -> points.add(point.path("step").asLong() + "=" + point.path("value").asText()));
    return points;
  }

  /** The paths of all files below a folder of a run's artifacts. */
  List<String> artifacts(String runId, String folder) throws Exception {
    List<String> files = new ArrayList<>();
    for (JsonNode file :
        get("artifacts/list?run_id=%s&path=%s".formatted(runId, MlflowApi.encode(folder)))
            .path("files")) {
      if (file.path("is_dir").asBoolean()) {
        files.addAll(artifacts(runId, file.path("path").asText()));
      } else {
        files.add(file.path("path").asText());
      }
    }
    return files;
  }

  /** The logged models of an experiment. */
  List<JsonNode> models(String experiment) throws Exception {
    ObjectNode query = Transport.JSON.createObjectNode();
    query.putArray("experiment_ids").add(experimentId(experiment));
    List<JsonNode> models = new ArrayList<>();
    post("logged-models/search", query).path("models").forEach(models::add);
    return models;
  }

  /** The versions of a registered model. */
  List<JsonNode> versions(String registered) throws Exception {
    List<JsonNode> versions = new ArrayList<>();
    get("model-versions/search?filter=" + MlflowApi.encode("name = '" + registered + "'"))
        .path("model_versions")
        .forEach(versions::add);
    return versions;
  }

  /** A file as it is. */
  String text(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(uri + path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  JsonNode get(String path) throws Exception {
    return Transport.JSON.readTree(transport.get(API + path));
  }

  JsonNode post(String path, ObjectNode body) throws Exception {
    return Transport.JSON.readTree(transport.post(API + path, body.toString()));
  }
}
