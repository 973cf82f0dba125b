package dev.twofold.pipelines.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.PipelineResult.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of a cluster on which two jobs of one configuration failed, the earlier one of its data. */
class JobFailureTest {
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;
  private String flink;

  @BeforeEach
  void startCluster() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer(
        "/jobs/overview",
        """
        {"jobs": [
          {"jid": "1", "name": "small a", "state": "FAILED", "start-time": 1},
          {"jid": "2", "name": "small b", "state": "FAILED", "start-time": 2}]}
        """);
    answer(
        "/jobs/1/exceptions",
        trace(
            "Caused by: %s: dataset grey is empty"
                .formatted(DataRefusedException.class.getName())));
    answer(
        "/jobs/2/exceptions",
        trace(
            "Caused by: java.io.IOException: no slot\\n\\tSuppressed: java.io.IOException: x"
                + "\\n\\tCaused by: java.lang.UnsatisfiedLinkError: y"));
    server.start();
    flink = "127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stopCluster() {
    server.stop(0);
  }

  private static String trace(String cause) {
    return "{\"exceptionHistory\": {\"entries\": [{\"stacktrace\": \"Job failed\\n%s\\n\\tat X\"}]}}"
        .formatted(cause);
  }

  private void answer(String path, String json) {
    server.createContext(
        path,
        exchange -> {
          asked.add(path);
          byte[] body = json.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  @Test
  void aFailedJobHasTheCauseOfItsOwnTrace() throws InterruptedException {
    Exception second = JobFailure.onCluster(State.FAILED, flink, "small b");
    assertThat(JobFailure.cause(second)).isEqualTo("java.io.IOException: no slot");
    assertThat(JobFailure.refused(second)).isEmpty();

    Exception first = JobFailure.onCluster(State.FAILED, flink, "small a");
    assertThat(JobFailure.refused(first))
        .hasValueSatisfying(refused -> assertThat(refused).hasMessage("dataset grey is empty"));
  }

  /** By hand, on Flink's page: nothing of it failed. */
  @Test
  void aCancelledJobHasNoTrace() throws InterruptedException {
    Exception cancelled = JobFailure.onCluster(State.CANCELLED, flink, "small a");

    assertThat(JobFailure.cause(cancelled))
        .isEqualTo("the Flink job ended as CANCELLED (its log is with %s)".formatted(flink));
    assertThat(JobFailure.refused(cancelled)).isEmpty();
    assertThat(asked).isEmpty();
  }
}
