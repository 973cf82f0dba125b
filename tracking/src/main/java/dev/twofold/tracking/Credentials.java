package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a tracking server is shown, read from the variables that MLflow's own clients read.
 *
 * @param authorization the value of the Authorization header
 * @param certificates a PEM file with the authorities to trust instead of the Java runtime's
 */
record Credentials(Optional<String> authorization, Optional<Path> certificates) {
  static final String USERNAME = "MLFLOW_TRACKING_USERNAME";
  static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";
  static final String TOKEN = "MLFLOW_TRACKING_TOKEN";
  static final String CERTIFICATES = "MLFLOW_TRACKING_SERVER_CERT_PATH";

  static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

  /** A user in the address wins over the environment, and a password over a token. */
  static Credentials of(URI uri, Map<String, String> environment) {
    return new Credentials(
        authorization(uri, environment),
        Optional.ofNullable(environment.get(CERTIFICATES))
            .filter(path -> !path.isBlank())
            .map(Path::of));
  }

  private static Optional<String> authorization(URI uri, Map<String, String> environment) {
    if (uri.getUserInfo() != null) {
      return Optional.of(basic(uri.getUserInfo()));
    }
    String username = environment.getOrDefault(USERNAME, "");
    if (!username.isEmpty()) {
      return Optional.of(basic(username + ":" + environment.getOrDefault(PASSWORD, "")));
    }
    String token = environment.getOrDefault(TOKEN, "");
    return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
  }

  private static String basic(String userAndPassword) {
    return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
  }

  Optional<SSLContext> sslContext() {
    return certificates.map(Credentials::trusting);
  }

  private static SSLContext trusting(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + store.size(), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new TrackingRefusedException(
          "Cannot read the certificates in %s: %s (%s must name a PEM file)"
              .formatted(pem, e.getMessage(), CERTIFICATES),
          e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Credentials[%s, %s]"
        .formatted(authorization.isPresent() ? "a login" : "no login", certificates);
  }
}
