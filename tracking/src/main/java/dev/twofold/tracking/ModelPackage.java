package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files that MLflow puts beside a SavedModel, so that {@code mlflow.pyfunc.load_model} in
 * Python loads and predicts.
 *
 * <p>{@code model_type: tf1-estimator} is MLflow's name for a SavedModel with a signature; with
 * {@code tf2-module} it does not predict.
 */
final class ModelPackage {
  private static final String MLFLOW = PythonEnvironment.MLFLOW_VERSION;
  private static final String TENSORFLOW = "2.18.1";
  private static final String PYTHON = "3.11.7";

  /** Where the SavedModel lies below the model's root. */
  static final String DATA = "data/model";

  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  private ModelPackage() {}

  /** Paths and contents of all files but the SavedModel's own. */
  static Map<String, byte[]> files(String modelId, String runId, JsonNode event, Instant created) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("MLmodel", mlmodel(modelId, runId, event, created));
    files.put("requirements.txt", requirements());
    files.put(
        "python_env.yaml",
        """
        python: %s
        build_dependencies:
        - pip
        dependencies:
        - -r requirements.txt
        """
            .formatted(PYTHON));
    files.put(
        "conda.yaml",
        """
        name: mlflow-env
        channels:
        - conda-forge
        dependencies:
        - python=%s
        - pip
        - pip:
          - mlflow==%s
          - tensorflow==%s
        """
            .formatted(PYTHON, MLFLOW, TENSORFLOW));
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    files.forEach((path, text) -> bytes.put(path, text.getBytes(UTF_8)));
    return bytes;
  }

  private static String requirements() {
    return "mlflow==%s%ntensorflow==%s%n".formatted(MLFLOW, TENSORFLOW).replace("\r", "");
  }

  private static String mlmodel(String modelId, String runId, JsonNode event, Instant created) {
    return """
    flavors:
      tensorflow:
        code: null
        data: null
        model_type: tf1-estimator
        saved_model_dir: %s
        meta_graph_tags: [serve]
        signature_def_key: serving_default
      python_function:
        loader_module: mlflow.tensorflow
        python_version: %s
        env:
          virtualenv: python_env.yaml
          conda: conda.yaml
    mlflow_version: %s
    model_id: %s
    model_uuid: %s
    run_id: %s
    utc_time_created: '%s'
    metadata: %s
    signature:
      inputs: '%s'
      outputs: '%s'
    """
        .formatted(
            DATA,
            PYTHON,
            MLFLOW,
            modelId,
            modelId,
            runId,
            CREATED.format(created),
            metadata(event),
            tensor(
                "images",
                "uint8",
                event.path("height").asInt(),
                event.path("width").asInt(),
                event.path("channels").asInt()),
            tensor("probabilities", "float32", event.path("classes").size()));
  }

  /** JSON, which is YAML too. */
  private static String metadata(JsonNode event) {
    ObjectNode metadata = Transport.JSON.createObjectNode();
    metadata.put("task", event.path("task").asText(""));
    metadata.set("classes", event.path("classes"));
    return metadata.toString();
  }

  private static String tensor(String name, String type, int... shape) {
    ArrayNode columns = Transport.JSON.createArrayNode();
    ObjectNode column = columns.addObject().put("type", "tensor");
    ArrayNode sizes = column.putObject("tensor-spec").put("dtype", type).putArray("shape");
    sizes.add(-1);
    for (int size : shape) {
      sizes.add(size);
    }
    column.put("name", name);
    return columns.toString();
  }
}
