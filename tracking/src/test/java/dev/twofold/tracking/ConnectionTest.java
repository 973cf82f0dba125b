package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
    assertThatThrownBy(() -> TestTracker.connect("http://127.0.0.1:" + port, workdir))
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
      assertThatThrownBy(() -> TestTracker.connect(uri, workdir))
          .hasMessageStartingWith(
              "There is no MLflow server at %s: it answered 404 for /api/2.0/mlflow/experiments/search: "
                  .formatted(uri))
          .hasMessageEndingWith("(correct tracking.uri)");
    } finally {
      server.stop(0);
    }
  }

  /** As a proxy answers that wants a login and says so with status 200. */
  @Test
  void takesNoPageForMlflowsAnswer() throws Exception {
    HttpServer server = page("<html><body>Please log in</body></html>", new AtomicReference<>());
    String uri = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThatThrownBy(() -> TestTracker.connect(uri, workdir))
          .hasMessageStartingWith(
              "Cannot reach the MLflow server at %s: the answer is not MLflow's: <html>"
                  .formatted(uri));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void goesThroughTheProxyThatTheEnvironmentNames() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>();
    HttpServer proxy = page("{}", asked);
    String address = "http://127.0.0.1:" + proxy.getAddress().getPort();
    String uri = "http://mlflow.example:5000";
    try {
      Tracker.connect(uri, workdir, Map.of("HTTP_PROXY", address), line -> {}).close();
      assertThat(asked.get()).isEqualTo(uri + "/api/2.0/mlflow/experiments/search");

      asked.set("");
      Map<String, String> small = Map.of("HTTP_PROXY", "http://127.0.0.1:1", "http_proxy", address);
      Tracker.connect(uri, workdir, small, line -> {}).close();
      assertThat(asked.get()).as("the small spelling goes first").startsWith(uri);

      for (String exempt : List.of("mlflow.example", "other, .example", "*")) {
        Map<String, String> without = Map.of("http_proxy", address, "NO_PROXY", exempt);
        assertThat(Proxies.of(URI.create(uri), without)).as(exempt).isEmpty();
      }
      assertThat(
              Proxies.of(URI.create(uri), Map.of("http_proxy", address, "no_proxy", "low.example")))
          .isPresent();
      assertThat(Proxies.of(URI.create("http://127.0.0.1:5000"), Map.of("http_proxy", address)))
          .as("loopback")
          .isEmpty();
      assertThat(Proxies.of(URI.create(uri), Map.of("https_proxy", address)))
          .as("of another scheme")
          .isEmpty();
    } finally {
      proxy.stop(0);
    }
    assertThatThrownBy(
            () -> Proxies.of(URI.create(uri), Map.of("http_proxy", "ann:secret@proxy:3128")))
        .hasMessage("Invalid http_proxy: proxy:3128 (must be http://host:port, without a login)");
  }

  /** As a proxy does that has lost its server on the way. */
  @Test
  void anAnswerThatStallsIsNotWaitedForForEver() throws Exception {
    try (ServerSocket stalling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server =
          new Thread(
              () -> {
                try (Socket client = stalling.accept()) {
                  client
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
                              .getBytes(StandardCharsets.US_ASCII));
                  client.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                  // the client has had enough
                }
              });
      server.setDaemon(true);
      server.start();
      Transport transport =
          Transport.impatient(URI.create("http://127.0.0.1:" + stalling.getLocalPort()));

      assertThatThrownBy(() -> transport.get("/version"))
          .isInstanceOf(ServerAwayException.class)
          .hasMessage("its answer has not come to an end");
    }
  }

  /** Answers everything with 200 and this page, and tells what it was asked for. */
  private static HttpServer page(String content, AtomicReference<String> asked) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.set(exchange.getRequestURI().toString());
          byte[] body = content.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** As services in a compose file are called; Java takes no such host. */
  @Test
  void saysThatAHostsNameHasNoUnderscore() {
    assertThatThrownBy(() -> TestTracker.connect("http://mlflow_server:5000", workdir))
        .isInstanceOf(TrackingRefusedException.class)
        .hasMessage(
            "Invalid tracking.uri: http://mlflow_server:5000 (a host's name has letters, digits, hyphens and dots alone: give one with an underscore another name, in Docker an alias)");
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
      assertThatThrownBy(() -> TestTracker.connect("ftp://" + login + "@host", workdir))
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
    Tracker tracker = TestTracker.connect("offline", workdir);
    tracker.add(run.folder());

    Delivery delivery = tracker.close(Duration.ofSeconds(5));

    assertThat(tracker.serverUri()).isEmpty();
    assertThat(delivery.isComplete()).isTrue();
  }
}
