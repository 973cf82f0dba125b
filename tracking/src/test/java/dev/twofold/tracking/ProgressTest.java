package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private long now = 1_000;
  private final Progress progress = new Progress(() -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void isAsOldAsWhatWasTakenLast() {
    pass(Duration.ofMinutes(4));
    assertThat(progress.age()).isEqualTo(Duration.ofMinutes(4));

    progress.made();
    pass(Duration.ofMinutes(3));

    assertThat(progress.age()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void everyPieceOfAnUploadCounts() {
    for (long sent = 100; sent <= 400; sent += 100) {
      pass(Duration.ofMinutes(2));
      progress.uploaded("model", sent);
      assertThat(progress.age()).isZero();
    }
  }

  /** Else a file that is refused each time would be sent for ever. */
  @Test
  void whatIsSentAgainCountsAFewTimes() {
    progress.uploaded("model", 400);
    for (int time = 1; time <= 5; time++) {
      pass(Duration.ofMinutes(2));
      progress.uploaded("model", 0);
      assertThat(progress.age()).as("nothing has gone").isEqualTo(Duration.ofMinutes(2));
      progress.uploaded("model", 100);
      assertThat(progress.age()).isZero();
    }
    progress.uploaded("model", 400);
    pass(Duration.ofMinutes(2));
    progress.uploaded("model", 0);
    progress.uploaded("model", 100);
    progress.uploaded("model", 400);
    assertThat(progress.age()).as("the sixth time").isEqualTo(Duration.ofMinutes(2));

    progress.uploaded("other", 100);
    assertThat(progress.age()).isZero();
  }

  @Test
  void aBodyTellsHowMuchOfItHasGoneOut() throws IOException, InterruptedException {
    byte[] content = new byte[1_000_000];
    List<Long> told = new ArrayList<>();
    List<Integer> received = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          received.add(exchange.getRequestBody().readAllBytes().length);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/file");
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .version(HttpClient.Version.HTTP_1_1)
              .PUT(new WatchedBody(BodyPublishers.ofByteArray(content), told::add))
              .build();
      assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
    } finally {
      server.stop(0);
    }

    assertThat(received).containsExactly(content.length);
    assertThat(told).isSorted().hasSizeGreaterThan(2).endsWith((long) content.length);
  }
}
