package dev.twofold.pipelines.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.Test;

/** On a cluster, of which nothing is asked here. */
class FlinkJobTest {
  private static final String CLUSTER = "flink:8081";

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final FlinkJob job = new FlinkJob(CLUSTER, new PrintStream(said, true, UTF_8));

  private int submissions;
  private int cancels;

  /** What its cancel does; it is over then. */
  private interface Cancel {
    void run() throws IOException;
  }

  /** A submitted job that ends when it is cancelled, and is done when nobody does. */
  private PipelineResult submitted(Runnable meanwhile, Cancel cancel) {
    submissions++;
    return (PipelineResult)
        Proxy.newProxyInstance(
            PipelineResult.class.getClassLoader(),
            new Class<?>[] {PipelineResult.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "cancel" -> {
                    cancels++;
                    cancel.run();
                    yield PipelineResult.State.CANCELLED;
                  }
                  case "waitUntilFinish" -> {
                    meanwhile.run();
                    yield cancels > 0 ? PipelineResult.State.CANCELLED : PipelineResult.State.DONE;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static void nothing() {}

  @Test
  void aJobThatIsDoneHasNoFailure() {
    assertThat(job.run("a 1", () -> submitted(FlinkJobTest::nothing, FlinkJobTest::nothing)))
        .isEmpty();
    assertThat(cancels).isZero();
  }

  @Test
  void anInterruptEndsTheJob() {
    Optional<Throwable> failure =
        job.run("a 1", () -> submitted(job::cancel, FlinkJobTest::nothing));

    assertThat(cancels).isEqualTo(1);
    assertThat(failure.map(Throwable::getMessage))
        .hasValue("the Flink job ended as CANCELLED (its log is with flink:8081)");
  }

  /** Which takes a quarter of a minute, and then the job is there. */
  @Test
  void anInterruptDuringTheSubmissionEndsTheJob() {
    Optional<Throwable> failure =
        job.run(
            "a 1",
            () -> {
              job.cancel();
              return submitted(FlinkJobTest::nothing, FlinkJobTest::nothing);
            });

    assertThat(cancels).isEqualTo(1);
    assertThat(failure).isPresent();
  }

  @Test
  void anInterruptBeforeTheSubmissionKeepsItBack() {
    job.cancel();
    Optional<Throwable> failure =
        job.run("a 1", () -> submitted(FlinkJobTest::nothing, FlinkJobTest::nothing));

    assertThat(submissions).isZero();
    assertThat(failure.map(Throwable::getMessage)).hasValue("cancelled before it began");
  }

  @Test
  void aSubmissionThatFailsIsAFailure() {
    IllegalStateException refused = new IllegalStateException("refused");
    assertThat(
            job.run(
                "a 1",
                () -> {
                  throw refused;
                }))
        .hasValue(refused);
  }

  /** As Beam wraps what Flink's client says. */
  @Test
  void aJobThatCannotBeCancelledIsNamed() {
    Throwable gone = new ExecutionException(new IOException("Connection refused"));
    job.run(
        "a 1",
        () ->
            submitted(
                job::cancel,
                () -> {
                  throw new IllegalStateException("Fail to cancel flink job", gone);
                }));

    assertThat(said.toString(UTF_8))
        .isEqualTo(
            "Cannot cancel the job on flink:8081: java.io.IOException: Connection refused (cancel it on"
                + " Flink's page)\n");
  }

  /** A worker may be in a test pass of minutes, and the command has one to end its runs. */
  @Test
  void aClusterThatTakesLongToCancelIsLeftToIt() {
    AtomicLong now = new AtomicLong(7);
    FlinkJob onCluster = new FlinkJob("127.0.0.1:1", System.err, now::get);
    now.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(onCluster.isLeftToCluster()).as("nobody cancelled it").isFalse();

    onCluster.cancel();
    now.addAndGet(Duration.ofSeconds(39).toNanos());
    assertThat(onCluster.isLeftToCluster()).isFalse();
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(onCluster.isLeftToCluster()).isTrue();
  }
}
