package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.RunTag;

/** What one log-batch request carries; MLflow's limits are its limits. */
final class LogBatch {
  private static final int MAX_ENTRIES = 1000;
  private static final int MAX_PARAMS = 100;
  private static final int MAX_TAGS = 100;

  /** MLflow takes 1 MB; room is left for the escapes and names of JSON. */
  private static final int MAX_BYTES = 600_000;

  private static final int BYTES_PER_ENTRY = 100;

  private final Map<String, Set<Long>> metricSteps = new HashMap<>();
  private final List<Metric> metrics = new ArrayList<>();
  private final Map<String, Param> params = new HashMap<>();
  private final Map<String, RunTag> tags = new HashMap<>();
  private long bytes;

  boolean isEmpty() {
    return metrics.isEmpty() && params.isEmpty() && tags.isEmpty();
  }

  /** Whether one more entry with a value of the greatest length might be one too many. */
  boolean isFull() {
    return metrics.size() + params.size() + tags.size() >= MAX_ENTRIES
        || params.size() >= MAX_PARAMS
        || tags.size() >= MAX_TAGS
        || bytes >= MAX_BYTES;
  }

  boolean holds(String metric, long step) {
    return metricSteps.getOrDefault(metric, Set.of()).contains(step);
  }

  void add(Metric metric) {
    metricSteps.computeIfAbsent(metric.getKey(), key -> new HashSet<>()).add(metric.getStep());
    metrics.add(metric);
    bytes += BYTES_PER_ENTRY + metric.getKey().length();
  }

  /** The value that waits to be sent under this name, or null. */
  String param(String key) {
    Param param = params.get(key);
    return param == null ? null : param.getValue();
  }

  void addParam(String key, String value) {
    params.put(key, Param.newBuilder().setKey(key).setValue(value).build());
    bytes += BYTES_PER_ENTRY + key.length() + value.getBytes(UTF_8).length;
  }

  /** A later value of a tag replaces an earlier one. */
  void addTag(String key, String value) {
    tags.put(key, MlflowApi.tag(key, value));
    bytes += BYTES_PER_ENTRY + key.length() + value.getBytes(UTF_8).length;
  }

  List<Metric> metrics() {
    return metrics;
  }

  List<Param> params() {
    return List.copyOf(params.values());
  }

  List<RunTag> tags() {
    return List.copyOf(tags.values());
  }
}
