package dev.twofold.tracking;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When a server last took what it had not had before. Of an upload each piece counts, since the
 * whole of a large file may take longer than anybody waits; of one that is sent again, what goes
 * beyond the time before.
 */
final class Progress {
  private final LongSupplier nanoTime;
  private final Map<String, Long> uploaded = new HashMap<>();
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
   */
  synchronized void uploaded(String path, long bytes) {
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
