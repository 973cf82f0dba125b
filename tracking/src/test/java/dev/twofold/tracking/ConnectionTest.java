package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
  @TempDir private Path workdir;

  /** Lets in whoever shows this header, and tells what it was shown. */
  private static HttpServer guarded(String expected, AtomicReference<String> shown)
      throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String header = exchange.getRequestHeaders().getFirst("Authorization");
          shown.set(header);
          boolean in = expected.equals(header);
          byte[] body = (in ? "{}" : "You are not authenticated.").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(in ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void showsTheLoginAndSaysWhenItIsRefused() throws Exception {
    AtomicReference<String> shown = new AtomicReference<>();
    HttpServer server = guarded("Basic YW5uOnNlY3JldA==", shown); // ann:secret
    String uri = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThatThrownBy(() -> Tracker.connect(uri, workdir, Map.of(), line -> {}))
          .isInstanceOf(TrackingRefusedException.class)
          .hasMessage(
              "The MLflow server at %s refuses the login: 401 You are not authenticated. (set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN)"
                  .formatted(uri));
      Map<String, String> login =
          Map.of("MLFLOW_TRACKING_USERNAME", "ann", "MLFLOW_TRACKING_PASSWORD", "secret");
      Tracker.connect(uri, workdir, login, line -> {}).close();
      Tracker inAddress =
          Tracker.connect(uri.replace("//", "//ann:secret@"), workdir, Map.of(), line -> {});
      assertThat(inAddress.serverUri()).contains(URI.create(uri));
      inAddress.close();
      assertThatThrownBy(
              () ->
                  Tracker.connect(uri, workdir, Map.of("MLFLOW_TRACKING_TOKEN", "t1"), line -> {}))
          .isInstanceOf(TrackingRefusedException.class);
      assertThat(shown.get()).isEqualTo("Bearer t1");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void namesAnAddressWhereNothingAnswers() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThatThrownBy(() -> Tracker.connect("http://127.0.0.1:" + port, workdir, line -> {}))
        .isInstanceOf(TrackingRefusedException.class)
        .hasMessageStartingWith("Cannot reach the MLflow server at http://127.0.0.1:" + port + ": ")
        .hasMessageEndingWith(
            "(start it, correct tracking.uri, or use --set tracking.uri=offline: the same command"
                + " without it sends the results later)");
  }

  @Test
  void namesAnAddressWhereSomethingElseAnswers() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start(); // Without a context it answers 404.
    String uri = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThatThrownBy(() -> Tracker.connect(uri, workdir, line -> {}))
          .hasMessageStartingWith("There is no MLflow server at " + uri)
          .hasMessageEndingWith("(correct tracking.uri)");
    } finally {
      server.stop(0);
    }
  }

  /** As a single sign-on does, and a proxy that wants TLS. */
  @Test
  void takesNoLoginToWhereItIsSentOn() throws Exception {
    AtomicReference<String> shown = new AtomicReference<>();
    HttpServer elsewhere = guarded("Bearer t1", shown);
    String target = "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/login";
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", target);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.start();
    String uri = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThatThrownBy(
              () ->
                  Tracker.connect(uri, workdir, Map.of("MLFLOW_TRACKING_TOKEN", "t1"), line -> {}))
          .hasMessageStartingWith(
              "Cannot reach the MLflow server at %s: it answered 302 and sends on to %s (start it,"
                  .formatted(uri, target))
          .hasMessageContaining("correct tracking.uri");
      assertThat(shown.get()).as("what the other server was shown").isNull();
    } finally {
      server.stop(0);
      elsewhere.stop(0);
    }
  }

  @Test
  void refusesWhatIsNoAddressWithoutShowingASecret() {
    assertThat(TrackingAddress.shown("https://ann:secret@host:5000/x@y"))
        .isEqualTo("https://host:5000/x@y");
    assertThat(TrackingAddress.shown("ann:secret@host:5000")).isEqualTo("host:5000");
    assertThat(TrackingAddress.shown("http://ann:se/c?r#t@host")).isEqualTo("http://host");
    assertThat(TrackingAddress.shown("local")).isEqualTo("local");
    for (String login : List.of("ann:secret", "ann:s@cret", "ann")) {
      assertThatThrownBy(() -> Tracker.connect("ftp://" + login + "@host", workdir, line -> {}))
          .hasMessage(
              "Invalid tracking.uri: ftp://host (must be local, offline, or http(s)://host:port)");
    }
  }

  @Test
  void namesCertificatesThatCannotBeRead() {
    assertThatThrownBy(
            () ->
                Tracker.connect(
                    "https://127.0.0.1:1",
                    workdir,
                    Map.of("MLFLOW_TRACKING_SERVER_CERT_PATH", "/nowhere/ca.pem"),
                    line -> {}))
        .hasMessageStartingWith("Cannot read the certificates in /nowhere/ca.pem")
        .hasMessageEndingWith("(MLFLOW_TRACKING_SERVER_CERT_PATH must name a PEM file)");
  }

  @Test
  void sendsNothingOffline() throws Exception {
    RunWriter run = new RunWriter(workdir, "offline", "later");
    run.header().start().metric("m", 1, 0);
    run.describe();
    Tracker tracker = Tracker.connect("offline", workdir, line -> {});
    tracker.add(run.folder());

    Delivery delivery = tracker.close(Duration.ofSeconds(5));

    assertThat(delivery.offline()).isTrue();
    assertThat(delivery.runs()).isEqualTo(1);
    assertThat(delivery.isComplete()).isTrue();
  }
}
