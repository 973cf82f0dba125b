package dev.twofold.tracking;

import java.net.URI;

/**
 * Where a server keeps the artifacts of one run or one logged model.
 *
 * @param uri as the server names it, {@code mlflow-artifacts:/1/<run>/artifacts}
 */
record ArtifactRoot(String uri) {
  private static final String SCHEME = "mlflow-artifacts";
  private static final String API = "/api/2.0/mlflow-artifacts/artifacts";

  static ArtifactRoot parse(String uri) {
    return new ArtifactRoot(uri);
  }

  /** The path of the request that uploads a file. */
  String pathOf(String path) {
    return API + MlflowApi.encodePath(served() + "/" + path);
  }

  /** The path of the request that lists a folder. */
  String listingOf(String folder) {
    return API + "?path=" + MlflowApi.encode((served() + "/" + folder).substring(1));
  }

  private String served() {
    if (!uri.startsWith(SCHEME + ":")) {
      throw new ServerRefusedException(
          0,
          "",
          "its artifacts lie in %s, where only a client with access to that storage can put them (start the server with --artifacts-destination and without --no-serve-artifacts)"
              .formatted(uri));
    }
    return URI.create(uri).getPath();
  }
}
