package dev.twofold.models.training;

import dev.twofold.models.Batch;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntFunction;

/**
 * Makes a step's batches while TensorFlow computes the step before: reading and augmenting them
 * takes longer than a step of a small network on a GPU. They are functions of the step, so nothing
 * but the time changes.
 */
final class BatchesAhead implements AutoCloseable {
  private static final ThreadFactory DAEMON =
      task -> {
        Thread thread = new Thread(task, "batches-ahead");
        thread.setDaemon(true);
        return thread;
      };

  private final IntFunction<List<Batch>> batches;
  private final int steps;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(DAEMON);
  private int nextStep = -1;
  private Future<List<Batch>> next;

  /**
   * @param batches makes those of a step, one of each task
   * @param steps of the whole training: no batch is made after the last one
   */
  BatchesAhead(IntFunction<List<Batch>> batches, int steps) {
    this.batches = batches;
    this.steps = steps;
  }

  /** The batches of a step. Those of the following one are made from now on. */
  List<Batch> take(int step) {
    Future<List<Batch>> wanted = step == nextStep ? next : made(step);
    List<Batch> taken = get(wanted);
    nextStep = step + 1;
    next = nextStep < steps ? made(nextStep) : null;
    return taken;
  }

  private Future<List<Batch>> made(int step) {
    return thread.submit(() -> batches.apply(step));
  }

  private static List<Batch> get(Future<List<Batch>> batches) {
    try {
      return batches.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // an IntFunction throws no other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while reading a batch");
    }
  }

  /** Ends the thread; a batch that is being made is not waited for. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
