package dev.twofold.pipelines.run;

import dev.twofold.transforms.training.ModelProcesses;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.beam.sdk.PipelineResult;

/**
 * A job that ends with the command that waits for it. Embedded Flink ends it with its model
 * processes; on a cluster it would outlive the command, and is cancelled: as soon as it is there
 * where the interrupt comes while it is submitted, which takes a quarter of a minute.
 */
final class FlinkJob {
  /** Less than {@link Interruption} gives the main thread in all. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final String flink;
  private final PrintStream messages;
  private final LongSupplier nanoTime;
  private final AtomicReference<PipelineResult> submitted = new AtomicReference<>();
  private volatile boolean cancelled;
  private volatile long cancelledAt;

  /**
   * A job that is not submitted yet.
   *
   * @param flink {@link FlinkOptions#EMBEDDED}, or HOST:PORT of a session cluster
   * @param messages where it is said that it cannot be cancelled
   */
  FlinkJob(String flink, PrintStream messages) {
    this(flink, messages, System::nanoTime);
  }

  FlinkJob(String flink, PrintStream messages, LongSupplier nanoTime) {
    this.flink = flink;
    this.messages = messages;
    this.nanoTime = nanoTime;
  }

  /**
   * Submits the job and waits for its end.
   *
   * @param name of the job, which no other has
   * @return why it did not end as it should; empty when it is done
   */
  Optional<Throwable> run(String name, Supplier<PipelineResult> submission) {
    if (cancelled) {
      return Optional.of(new CancellationException("cancelled before it began"));
    }
    try {
      PipelineResult.State state = await(submission.get());
      return state == PipelineResult.State.DONE
          ? Optional.empty()
          : Optional.of(JobFailure.onCluster(state, flink, name));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(e);
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }

  private PipelineResult.State await(PipelineResult job) {
    submitted.set(job);
    if (cancelled) {
      cancelSubmitted();
    }
    return job.waitUntilFinish();
  }

  /**
   * Whether a cluster has taken longer to end the job than the command has left to end its runs: a
   * worker may be in the middle of a long test pass. It goes on ending it alone.
   */
  boolean isLeftToCluster() {
    return cancelled
        && !flink.equals(FlinkOptions.EMBEDDED)
        && nanoTime.getAsLong() - cancelledAt > PATIENCE.toNanos();
  }

  /** Ends the job, from another thread, whether it is submitted already or not. */
  void cancel() {
    cancelledAt = nanoTime.getAsLong();
    cancelled = true;
    if (flink.equals(FlinkOptions.EMBEDDED)) {
      ModelProcesses.cancelAll();
    } else {
      cancelSubmitted();
    }
  }

  /** Once, whichever of the two threads comes second. */
  private void cancelSubmitted() {
    PipelineResult job = submitted.getAndSet(null);
    if (job == null) {
      return;
    }
    try {
      job.cancel();
    } catch (IOException | RuntimeException e) {
      messages.printf(
          "Cannot cancel the job on %s: %s (cancel it on Flink's page)%n",
          flink, JobFailure.cause(e));
    }
  }
}
