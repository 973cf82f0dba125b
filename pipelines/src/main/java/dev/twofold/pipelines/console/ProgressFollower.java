package dev.twofold.pipelines.console;

import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Follows the event logs of a run's units (docs/events.md) while they grow. */
public final class ProgressFollower {

  private final Clock clock;
  private final Instant began;
  private final List<UnitLog> logs = new ArrayList<>();

  /** Part that was complete when following began, which says nothing about this run's pace. */
  private double fractionAtStart = Double.NaN;

  /**
   * Follows logs that need not exist yet.
   *
   * @param logs name to show → event log, in the order to show
   * @param clock tells the time of a snapshot
   */
  public ProgressFollower(Map<String, Path> logs, Clock clock) {
    this.clock = clock;
    began = clock.instant();
    logs.forEach((name, path) -> this.logs.add(new UnitLog(name, path)));
  }

  /** Reads what was appended since the last call. */
  public ProgressSnapshot snapshot() throws IOException {
    List<UnitProgress> units = new ArrayList<>();
    for (UnitLog log : logs) {
      units.add(log.read());
    }
    Instant now = clock.instant();
    double elapsed = Duration.between(began, now).toMillis() / 1000.0;
    double fraction = units.stream().mapToDouble(UnitProgress::fraction).average().orElse(1);
    if (Double.isNaN(fractionAtStart)) {
      fractionAtStart = fraction;
    }
    return new ProgressSnapshot(now, units, elapsed, remaining(elapsed, fraction));
  }

  private double remaining(double elapsed, double fraction) {
    double made = fraction - fractionAtStart;
    return made <= 0 ? Double.NaN : elapsed * (1 - fraction) / made;
  }
}
