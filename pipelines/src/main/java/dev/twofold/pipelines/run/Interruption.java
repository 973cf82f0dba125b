package dev.twofold.pipelines.run;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C, or a SIGTERM, while a command waits for a job or a process: cancels what it waits for,
 * and holds the virtual machine until the main thread has tidied up and ended it.
 */
final class Interruption implements AutoCloseable {
  /** Children save checkpoints and runs are marked in this time; then the virtual machine goes. */
  private static final long FAREWELL_SECONDS = 60;

  private final AtomicBoolean happened = new AtomicBoolean();
  private final Thread hook;

  private Interruption(Runnable cancel) {
    Thread main = Thread.currentThread();
    hook =
        new Thread(
            () -> {
              happened.set(true);
              try {
                cancel.run();
              } finally {
                awaitEnd(main);
              }
            },
            "on-interrupt");
  }

  private static void awaitEnd(Thread main) {
    try {
      main.join(TimeUnit.SECONDS.toMillis(FAREWELL_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Watches until it is closed, on behalf of the current thread. */
  static Interruption watch(Runnable cancel) {
    Interruption interruption = new Interruption(cancel);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  boolean happened() {
    return happened.get();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The virtual machine ends, and the hook waits for this thread.
    }
  }
}
