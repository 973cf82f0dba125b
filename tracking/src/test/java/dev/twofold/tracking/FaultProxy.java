package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and a server on loopback and does to each request the next thing of a
 * list, in turn.
 */
final class FaultProxy implements AutoCloseable {
  enum Fault {
    NONE,
    /** The connection ends before the server hears anything. */
    DROP_REQUEST,
    /** The server has done it, and nobody is told. */
    DROP_ANSWER,
    DELAY,
    /** The server is asked twice. */
    REPEAT,
    /** 500, and the server has heard nothing. */
    ERROR_BEFORE,
    /** 500, and the server has done it. */
    ERROR_AFTER,
    /** 404 with a page of the proxy's own, and the server has heard nothing. */
    NOT_FOUND
  }

  private record Refusal(String path, int status, String page) {}

  private static final long DELAY_MILLIS = 200;
  private static final List<String> FORWARDED = List.of("Content-Type", "Authorization");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String target;
  private final List<Fault> faults;
  private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
  private volatile int largestBody = Integer.MAX_VALUE;
  private volatile Optional<Refusal> refusal = Optional.empty();
  private int turn;

  FaultProxy(String target, List<Fault> faults) throws IOException {
    this(target, faults, 0);
  }

  /** On a port that another one had. */
  FaultProxy(String target, List<Fault> faults, int port) throws IOException {
    this.target = target;
    this.faults = faults;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String uri() {
    return "http://127.0.0.1:" + port();
  }

  /** Answers larger bodies with 413, as a proxy does that has such a limit. */
  void limitBodies(int bytes) {
    largestBody = bytes;
  }

  /** Answers by itself where this is part of a request's path. */
  void refuse(String path, int status, String page) {
    refusal = Optional.of(new Refusal(path, status, page));
  }

  void refuseNothing() {
    refusal = Optional.empty();
  }

  /** How often each fault was met. */
  synchronized Map<Fault, Integer> done() {
    return Map.copyOf(done);
  }

  private synchronized Fault next() {
    Fault fault = faults.get(turn++ % faults.size());
    done.merge(fault, 1, Integer::sum);
    return fault;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (body.length > largestBody) {
        exchange.sendResponseHeaders(413, -1);
        return;
      }
      String path = exchange.getRequestURI().getPath();
      Optional<Refusal> refused = refusal.filter(each -> path.contains(each.path()));
      if (refused.isPresent()) {
        answer(exchange, refused.get().status(), refused.get().page().getBytes(UTF_8));
        return;
      }
      switch (next()) {
        case DROP_REQUEST -> {
          // Closing an exchange without an answer closes its connection.
        }
        case DROP_ANSWER -> forward(exchange, body);
        case DELAY -> {
          Thread.sleep(DELAY_MILLIS);
          answer(exchange, forward(exchange, body));
        }
        case REPEAT -> {
          forward(exchange, body);
          answer(exchange, forward(exchange, body));
        }
        case ERROR_BEFORE -> exchange.sendResponseHeaders(500, -1);
        case ERROR_AFTER -> {
          forward(exchange, body);
          exchange.sendResponseHeaders(500, -1);
        }
        case NOT_FOUND -> answer(exchange, 404, "<html>no such route</html>".getBytes(UTF_8));
        default -> answer(exchange, forward(exchange, body));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    for (String header : FORWARDED) {
      String value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        request.header(header, value);
      }
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    answer(exchange, response.statusCode(), response.body());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
