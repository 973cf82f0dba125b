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

  /** Whether the server itself takes artifacts. */
  boolean isServed() {
    return uri.startsWith(SCHEME + ":");
  }

  /**
   * Why nothing can be put there, and what to do; a server keeps an experiment's place for good.
   */
  String notServed() {
    return "no figure, file or model is sent: its artifacts lie in %s, where only a client with access to that storage can put them (start the server with --artifacts-destination and without --no-serve-artifacts, and give the configuration another name: an experiment keeps its place)"
        .formatted(uri);
  }

  private String served() {
    if (!isServed()) {
      throw new ServerRefusedException(0, "", notServed());
    }
    return URI.create(uri).getPath();
  }
}
