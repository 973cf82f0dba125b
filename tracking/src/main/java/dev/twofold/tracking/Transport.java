package dev.twofold.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests with time-outs, repeated only where a repetition does no harm.
 *
 * <p>Neither holds for the transport of MLflow's Java client: it waits for ever, and it repeats a
 * POST whose answer was lost.
 */
final class Transport {
  static final ObjectMapper JSON = new ObjectMapper();

  /** A batch of 100 metrics has been seen to take several seconds on a loaded server. */
  private static final Duration TIME_OUT = Duration.ofSeconds(40);

  private static final Duration SHORT_TIME_OUT = Duration.ofSeconds(5);
  private static final Duration CONNECT_TIME_OUT = Duration.ofSeconds(10);

  /** What an upload must reach, before it counts as hung. */
  private static final long SLOWEST_BYTES_PER_SECOND = 100_000;

  private static final int TRIES = 3;
  private static final long FIRST_PAUSE_MILLIS = 200;

  private final String base;
  private final Credentials credentials;
  private final Duration timeOut;
  private final int tries;
  private final HttpClient http;
  private final Progress progress = new Progress();

  /**
   * @param proxy through which the server is reached; nothing where the Java runtime's settings say
   */
  Transport(URI base, Credentials credentials, Optional<ProxySelector> proxy) {
    this(base, credentials, proxy, TIME_OUT, TRIES);
  }

  /** For a server on this machine of which nobody knows whether it is there. */
  static Transport impatient(URI base) {
    return new Transport(base, Credentials.NONE, Optional.empty(), SHORT_TIME_OUT, 1);
  }

  private Transport(
      URI base,
      Credentials credentials,
      Optional<ProxySelector> proxy,
      Duration timeOut,
      int tries) {
    this.base = base.toString();
    this.credentials = credentials;
    this.timeOut = timeOut;
    this.tries = tries;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            // A login would go to whatever host it is sent on to, and a POST become a GET.
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIME_OUT);
    credentials.sslContext().ifPresent(builder::sslContext);
    proxy.ifPresent(builder::proxy);
    this.http = builder.build();
  }

  /** Of uploads; who sends other things notes there what the server has taken. */
  Progress progress() {
    return progress;
  }

  String get(String path) {
    return repeated(request(path).GET());
  }

  String post(String path, String json) {
    return repeated(json(path).POST(BodyPublishers.ofString(json)));
  }

  /** For a request that makes something new each time it arrives. */
  String postOnce(String path, String json) {
    return once(json(path).POST(BodyPublishers.ofString(json)).build());
  }

  String patch(String path, String json) {
    return repeated(json(path).method("PATCH", BodyPublishers.ofString(json)));
  }

  String delete(String path, String json) {
    return repeated(json(path).method("DELETE", BodyPublishers.ofString(json)));
  }

  void put(String path, byte[] content, String contentType) {
    put(path, BodyPublishers.ofByteArray(content), content.length, contentType);
  }

  /** Streams the file. */
  void put(String path, Path file, long size, String contentType) throws FileNotFoundException {
    put(path, BodyPublishers.ofFile(file), size, contentType);
  }

  private void put(String path, BodyPublisher body, long size, String contentType) {
    repeated(
        request(path)
            .timeout(timeOut.plusSeconds(size / SLOWEST_BYTES_PER_SECOND))
            .header("Content-Type", contentType)
            .PUT(new WatchedBody(body, sent -> progress.uploaded(path, sent))));
  }

  private HttpRequest.Builder json(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(timeOut);
    credentials.authorization().ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private String repeated(HttpRequest.Builder builder) {
    HttpRequest request = builder.build();
    long pause = FIRST_PAUSE_MILLIS;
    for (int left = tries - 1; ; left--) {
      try {
        return once(request);
      } catch (ServerAwayException e) {
        if (left == 0 || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
      sleep(pause);
      pause *= 4;
    }
  }

  private String once(HttpRequest request) {
    return bodyOf(answer(request));
  }

  /** The time-out of a request ends with the head of the answer; its body has as long again. */
  private HttpResponse<String> answer(HttpRequest request) {
    Duration patience = request.timeout().orElse(timeOut).plus(timeOut);
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      IOException cause =
          e.getCause() instanceof IOException trouble
              ? trouble
              : new IOException(e.getCause().getMessage(), e.getCause());
      throw ServerAwayException.unreachable(reason(cause), cause);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw ServerAwayException.unreachable("its answer has not come to an end", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw ServerAwayException.unreachable("interrupted", e);
    }
  }

  /** A 404 without MLflow's code is a proxy's, which may find the server another time. */
  private static String bodyOf(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status < 300) {
      return acknowledged(response.body());
    }
    if (status < 400) {
      throw ServerAwayException.troubled(
          "it answered %d and sends on to %s"
              .formatted(status, response.headers().firstValue("Location").orElse("nowhere")));
    }
    if (status >= 500 || status == 429 || status == 408) {
      throw ServerAwayException.troubled(
          "it answered %d: %s".formatted(status, brief(response.body())));
    }
    ServerRefusedException refusal = refusal(status, response.body());
    if (status == 404 && refusal.code().isEmpty()) {
      throw ServerAwayException.notFound(
          "it answered 404 for %s: %s".formatted(response.uri().getPath(), brief(response.body())));
    }
    throw refusal;
  }

  /** A proxy's page for a login, whose status is 200 as well, acknowledges nothing. */
  private static String acknowledged(String body) {
    if (!body.isBlank() && !body.stripLeading().startsWith("{")) {
      throw ServerAwayException.troubled("the answer is not MLflow's: " + brief(body));
    }
    return body;
  }

  private static ServerRefusedException refusal(int status, String body) {
    try {
      JsonNode error = JSON.readTree(body);
      if (error.hasNonNull("message")) {
        return new ServerRefusedException(
            status, error.path("error_code").asText(""), brief(error.path("message").asText()));
      }
    } catch (JsonProcessingException e) {
      // Not MLflow's own words: a proxy's page, or its middleware's plain text.
    }
    return new ServerRefusedException(status, "", "%d %s".formatted(status, brief(body)));
  }

  private static String reason(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t.getMessage() != null && !t.getMessage().isBlank()) {
        return brief(t.getMessage());
      }
      if (t instanceof java.nio.channels.UnresolvedAddressException) {
        return "no such host";
      }
    }
    return e instanceof java.net.ConnectException
        ? "connection refused"
        : e.getClass().getSimpleName();
  }

  /** One line, of a length that a person reads. */
  static String brief(String text) {
    String line = text.strip().lines().findFirst().orElse("no reason given");
    return line.length() <= 300 ? line : line.substring(0, 300) + "…";
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
