package dev.twofold.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks an MLflow server over plain REST what it has. */
final class MlflowServer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI address;

  private MlflowServer(URI address) {
    this.address = address;
  }

  /** The server that a run told. */
  static MlflowServer of(Cli.Ended run) {
    return new MlflowServer(page(run));
  }

  /** The page of charts that a run ends with. */
  static URI page(Cli.Ended run) {
    return URI.create(run.after("MLflow: "));
  }

  /** A run's tags, parameters, last values of metrics, datasets, status and duration. */
  record TrackedRun(
      String id,
      String name,
      String status,
      long millis,
      Map<String, String> tags,
      Map<String, String> params,
      Map<String, Double> metrics,
      List<String> inputs) {

    String kind() {
      return tags.get("twofold.kind");
    }
  }

  List<TrackedRun> runs(String experiment) throws IOException, InterruptedException {
    ObjectNode query = JSON.createObjectNode().put("max_results", 1000);
    query.putArray("experiment_ids").add(experimentId(experiment));
    List<TrackedRun> runs = new ArrayList<>();
    for (JsonNode run : post("runs/search", query).path("runs")) {
      JsonNode data = run.path("data");
      Map<String, Double> metrics = new TreeMap<>();
      data.path("metrics")
          .forEach(each -> metrics.put(each.path("key").asText(), each.path("value").asDouble()));
      runs.add(
          new TrackedRun(
              run.at("/info/run_id").asText(),
              run.at("/info/run_name").asText(),
              run.at("/info/status").asText(),
              run.at("/info/end_time").asLong() - run.at("/info/start_time").asLong(),
              pairs(data.path("tags")),
              pairs(data.path("params")),
              metrics,
              inputs(run)));
    }
    return runs;
  }

  /** Name, context and number of images of each. */
  private static List<String> inputs(JsonNode run) throws IOException {
    List<String> inputs = new ArrayList<>();
    for (JsonNode input : run.at("/inputs/dataset_inputs")) {
      inputs.add(
          "%s %s %d"
              .formatted(
                  input.at("/dataset/name").asText(),
                  input.at("/tags/0/value").asText(),
                  JSON.readTree(input.at("/dataset/profile").asText()).path("num_rows").asInt()));
    }
    return inputs;
  }

  /** As if nothing had told the server of the run's end. */
  void reopen(TrackedRun run) throws IOException, InterruptedException {
    ObjectNode update = JSON.createObjectNode().put("run_id", run.id()).put("status", "RUNNING");
    post("runs/update", update);
  }

  /** Names of an experiment's logged models that are ready. */
  List<String> models(String experiment) throws IOException, InterruptedException {
    return readyModels(experiment).stream().map(model -> model.at("/info/name").asText()).toList();
  }

  /** Where MLflow's own loaders find the one model of this name. */
  String modelUri(String experiment, String name) throws IOException, InterruptedException {
    List<String> ids =
        readyModels(experiment).stream()
            .filter(model -> model.at("/info/name").asText().equals(name))
            .map(model -> model.at("/info/model_id").asText())
            .toList();
    if (ids.size() != 1) {
      throw new IllegalStateException("Models named %s: %s".formatted(name, ids));
    }
    return "models:/" + ids.get(0);
  }

  /** The page that compares runs, a column each. */
  URI comparison(String experiment, TrackedRun... runs) throws IOException, InterruptedException {
    String ids = Stream.of(runs).map(TrackedRun::id).collect(Collectors.joining("\",\""));
    String fragment =
        "/compare-runs?runs=[\"%s\"]&experiments=[\"%s\"]".formatted(ids, experimentId(experiment));
    return address.resolve(
        "/#" + fragment.replace("\"", "%22").replace("[", "%5B").replace("]", "%5D"));
  }

  String trackingUri() {
    return address.resolve("/").toString();
  }

  private List<JsonNode> readyModels(String experiment) throws IOException, InterruptedException {
    ObjectNode query = JSON.createObjectNode();
    query.putArray("experiment_ids").add(experimentId(experiment));
    List<JsonNode> models = new ArrayList<>();
    for (JsonNode model : post("logged-models/search", query).path("models")) {
      if (model.at("/info/status").asText().equals("LOGGED_MODEL_READY")) {
        models.add(model);
      }
    }
    return models;
  }

  /** Names of the files in a folder of a run. */
  List<String> files(TrackedRun run, String folder) throws IOException, InterruptedException {
    List<String> files = new ArrayList<>();
    send(request("artifacts/list?run_id=%s&path=%s".formatted(run.id(), folder)).GET())
        .path("files")
        .forEach(file -> files.add(file.path("path").asText()));
    return files;
  }

  private String experimentId(String name) throws IOException, InterruptedException {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8);
    HttpRequest.Builder request =
        request("experiments/get-by-name?experiment_name=" + encoded).GET();
    return send(request).at("/experiment/experiment_id").asText();
  }

  private static Map<String, String> pairs(JsonNode list) {
    Map<String, String> pairs = new TreeMap<>();
    list.forEach(each -> pairs.put(each.path("key").asText(), each.path("value").asText()));
    return pairs;
  }

  private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve("/api/2.0/mlflow/" + path));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError("%s: %s".formatted(response, response.body()));
    }
    return JSON.readTree(response.body());
  }
}
