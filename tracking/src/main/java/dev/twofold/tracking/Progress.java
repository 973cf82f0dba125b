package dev.twofold.tracking;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When a server last took what it had not had before. Of an upload each piece counts, since the
 * whole of a large file may take longer than anybody waits. One that is sent again counts anew a
 * few times, as a line that breaks asks for, and then only beyond where it came before, so that a
 * file which is refused each time is not sent for ever.
 */
final class Progress {
  private static final int MOST_RESTARTS = 5;

  private final LongSupplier nanoTime;
  private final Map<String, Long> uploaded = new HashMap<>();
  private final Map<String, Integer> restarts = new HashMap<>();
  private long last;

  Progress() {
    this(System::nanoTime);
  }

  Progress(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.last = nanoTime.getAsLong();
  }

  synchronized void made() {
    last = nanoTime.getAsLong();
  }

  /**
   * Notes how far an upload is.
   *
   * @param path where it goes
   * @param bytes 0 where it begins
   */
  synchronized void uploaded(String path, long bytes) {
    if (bytes == 0
        && uploaded.containsKey(path)
        && restarts.merge(path, 1, Integer::sum) <= MOST_RESTARTS) {
      uploaded.put(path, 0L);
    }
    if (bytes > uploaded.getOrDefault(path, 0L)) {
      uploaded.put(path, bytes);
      made();
    }
  }

  /** The time since then. */
  synchronized Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - last);
  }
}
