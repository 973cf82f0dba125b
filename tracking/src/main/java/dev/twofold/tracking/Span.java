package dev.twofold.tracking;

import dev.twofold.tracking.Journal.Entry;
import dev.twofold.tracking.Journal.Extent;
import dev.twofold.tracking.Journal.Slice;
import java.io.IOException;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;

/** From the first to the last moment that logs tell of, in milliseconds since the epoch. */
record Span(long first, long last) {

  /** Of all these logs; empty where they tell of none. */
  static Optional<Span> of(List<Journal> logs) throws IOException {
    LongSummaryStatistics times = new LongSummaryStatistics();
    for (Journal log : logs) {
      Slice slice = log.read(0, Extent.LAST_LINE);
      add(slice, times);
      while (slice.more()) {
        slice = log.read(slice.end(), Extent.LAST_LINE);
        add(slice, times);
      }
    }
    return times.getCount() == 0
        ? Optional.empty()
        : Optional.of(new Span(times.getMin(), times.getMax()));
  }

  private static void add(Slice slice, LongSummaryStatistics times) {
    for (Entry entry : slice.entries()) {
      long time = entry.event().path("time").asLong();
      if (time > 0) {
        times.accept(time);
      }
    }
  }
}
