package dev.twofold.pipelines.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.PipelineResult;

/** What went wrong in a Flink job, which wraps it several times. */
final class JobFailure {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JobFailure() {}

  /** A stack trace, or its innermost cause, that came as text. */
  private static final class Told extends Exception {
    private static final long serialVersionUID = 1;

    Told(String text, Throwable cause) {
      super(text, cause);
    }
  }

  /**
   * Why a job on a cluster ended otherwise than it should: Beam tells its state alone, the
   * cluster's REST interface the trace.
   *
   * @param name of the job, which no other has
   */
  static Exception onCluster(PipelineResult.State state, String flink, String name)
      throws InterruptedException {
    String ended = "the Flink job ended as %s (its log is with %s)".formatted(state, flink);
    if (state != PipelineResult.State.FAILED) {
      return new Told(ended, null);
    }
    try {
      Optional<String> trace = trace(flink, name);
      return trace
          .map(text -> new Told(text, new Told(innermost(text), null)))
          .orElseGet(() -> new Told(ended, null));
    } catch (IOException e) {
      return new Told(ended + ", which does not say why: " + e, null);
    }
  }

  private static Optional<String> trace(String flink, String name)
      throws IOException, InterruptedException {
    JsonNode jobs = get(flink, "/jobs/overview").path("jobs");
    Optional<String> id =
        StreamSupport.stream(jobs.spliterator(), false)
            .filter(job -> job.path("name").asText().equals(name))
            .map(job -> job.path("jid").asText())
            .findFirst();
    if (id.isEmpty()) {
      return Optional.empty();
    }
    JsonNode entries =
        get(flink, "/jobs/" + id.get() + "/exceptions").path("exceptionHistory").path("entries");
    return Optional.of(entries.path(0).path("stacktrace").asText()).filter(text -> !text.isBlank());
  }

  private static JsonNode get(String flink, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + flink + path)).timeout(PATIENCE).build();
    return MAPPER.readTree(
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
  }

  /** Not what stands further in: those are causes of what was suppressed. */
  private static String innermost(String trace) {
    String caused = "Caused by: ";
    return trace
        .lines()
        .filter(line -> line.startsWith(caused))
        .reduce((outer, inner) -> inner)
        .map(line -> line.substring(caused.length()))
        .or(() -> trace.lines().findFirst())
        .orElse(trace);
  }

  /** The innermost cause in words. */
  static String cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof Told ? cause.getMessage() : cause.toString();
  }

  /** The data that the job refused, if that is why it failed. */
  static Optional<DataRefusedException> refused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<DataRefusedException> refused = asRefused(cause);
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  /** Flink hands a cause on as text where its class loader is gone. */
  private static Optional<DataRefusedException> asRefused(Throwable cause) {
    if (cause instanceof DataRefusedException refused) {
      return Optional.of(refused);
    }
    String name = DataRefusedException.class.getName() + ": ";
    String message = String.valueOf(cause.getMessage());
    int at = message.indexOf(name);
    return at < 0
        ? Optional.empty()
        : Optional.of(
            new DataRefusedException(
                message.substring(at + name.length()).lines().findFirst().orElse("")));
  }
}
