package dev.twofold.pipelines.configuration;

import dev.twofold.tracking.TrackingAddress;

/**
 * Which MLflow server shows the runs.
 *
 * @param uri {@code local} for a server of its own, {@code offline}, or an http(s) address; user,
 *     password, token and CA come from the environment
 * @param nested whether trials stand under the summary run
 * @param register name of the registered model that exported models become versions of
 * @param port that the local server tries first; when left out that of {@code TWOFOLD_MLFLOW_PORT},
 *     the one that it had last, or 5151
 */
public record TrackingSettings(String uri, Boolean nested, String register, Integer port) {

  public TrackingSettings {
    uri = uri == null ? "local" : uri;
    nested = nested != null && nested;
    if (!uri.matches("local|offline|https?://.+")) {
      throw new IllegalArgumentException(
          "Invalid tracking.uri: %s (must be local, offline or an http(s) address)"
              .formatted(TrackingAddress.shown(uri)));
    }
    if (port != null && (port < 1 || port > 65535)) {
      throw new IllegalArgumentException(
          "Invalid tracking.port: %d (must be 1 to 65535)".formatted(port));
    }
  }

  /** The same for whoever reads it: its address without user and password. */
  TrackingSettings withoutLogin() {
    return new TrackingSettings(TrackingAddress.shown(uri), nested, register, port);
  }
}
