package dev.twofold.tracking;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * The first word with a server: it answers as MLflow does and lets us in, or the message says what
 * to change.
 */
final class Connection {
  private Connection() {}

  static MlflowApi open(String address, Map<String, String> environment) {
    URI given = parse(address);
    URI shown = withoutUser(given);
    MlflowApi api =
        new MlflowApi(
            shown,
            new Transport(
                shown, Credentials.of(given, environment), Proxies.of(shown, environment)));
    try {
      api.check();
    } catch (ServerAwayException e) {
      throw new TrackingRefusedException(away(shown, e), e);
    } catch (ServerRefusedException e) {
      throw new TrackingRefusedException(refused(shown, e), e);
    }
    return api;
  }

  private static URI parse(String address) {
    URI uri;
    try {
      uri = new URI(address.strip());
    } catch (URISyntaxException e) {
      throw invalid(address, e);
    }
    boolean http =
        "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    if (http && uri.getHost() == null && uri.getAuthority() != null) {
      throw new TrackingRefusedException(
          "Invalid tracking.uri: %s (a host's name has letters, digits, hyphens and dots alone: give one with an underscore another name, in Docker an alias)"
              .formatted(TrackingAddress.shown(address)));
    }
    if (!http || uri.getHost() == null) {
      throw invalid(address, null);
    }
    return uri;
  }

  private static TrackingRefusedException invalid(String address, Throwable cause) {
    return new TrackingRefusedException(
        "Invalid tracking.uri: %s (must be local, offline, or http(s)://host:port)"
            .formatted(TrackingAddress.shown(address)),
        cause);
  }

  private static URI withoutUser(URI uri) {
    String path = uri.getPath() == null ? "" : uri.getPath().replaceAll("/+$", "");
    try {
      return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), path, null, null);
    } catch (URISyntaxException e) {
      throw invalid(uri.toString(), e);
    }
  }

  private static String away(URI uri, ServerAwayException e) {
    if (e.getMessage().contains("PKIX") || e.getMessage().contains("certif")) {
      return "Cannot trust the certificate of %s: %s (name its authorities in %s)"
          .formatted(uri, e.getMessage(), Credentials.CERTIFICATES);
    }
    return "Cannot reach the MLflow server at %s: %s (start it, correct tracking.uri, or use --set tracking.uri=offline: the same command without it sends the results later)"
        .formatted(uri, e.getMessage());
  }

  private static String refused(URI uri, ServerRefusedException e) {
    if (e.getMessage().contains("Invalid Host header")) {
      return "The MLflow server at %s refuses its own name %s (start it with --allowed-hosts '%s')"
          .formatted(uri, uri.getHost(), uri.getAuthority());
    }
    if (e.status() == 401 || e.status() == 403) {
      return "The MLflow server at %s refuses the login: %s (set %s and %s, or %s)"
          .formatted(
              uri, e.getMessage(), Credentials.USERNAME, Credentials.PASSWORD, Credentials.TOKEN);
    }
    return "There is no MLflow server at %s: %s (correct tracking.uri)"
        .formatted(uri, e.getMessage());
  }
}
