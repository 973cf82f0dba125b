package dev.twofold.transforms.training;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a process prints, of which it only counts that it prints. */
final class SignsOfLife {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int BUFFER = 8192;

  private final Process process;
  private final AtomicBoolean heard = new AtomicBoolean();

  private SignsOfLife(Process process) {
    this.process = process;
  }

  /** Reads on, whether anybody waits or not, so that the process is never blocked. */
  static SignsOfLife of(Process process) {
    SignsOfLife signs = new SignsOfLife(process);
    Thread listener = new Thread(signs::listen, "model-process-events");
    listener.setDaemon(true);
    listener.start();
    return signs;
  }

  private void listen() {
    byte[] some = new byte[BUFFER];
    try (InputStream events = process.getInputStream()) {
      while (events.read(some) >= 0) {
        heard.set(true);
      }
    } catch (IOException ended) {
      // the process is gone, which waitFor tells
    }
  }

  /**
   * Waits for the end of the process. Silence is counted in ticks of this process's own: what stops
   * the two of them together, such as a machine that sleeps, is one tick however long it lasts.
   *
   * @return whether it has ended; if not, it has been silent for too long
   */
  boolean awaitEnd(Duration maxSilence) throws InterruptedException {
    Duration silence = Duration.ZERO;
    while (!process.waitFor(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
      silence = heard.getAndSet(false) ? Duration.ZERO : silence.plus(TICK);
      if (silence.compareTo(maxSilence) >= 0) {
        return false;
      }
    }
    return true;
  }
}
