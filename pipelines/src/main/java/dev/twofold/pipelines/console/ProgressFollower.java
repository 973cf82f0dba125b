package dev.twofold.pipelines.console;

import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Follows the event logs of a run's units (docs/events.md) while they grow. */
public final class ProgressFollower {

  /** Part of what was to do: of less the pace is that of processes which start. */
  private static final double LEAST_MADE = .01;

  private final Clock clock;
  private final Instant began;
  private final List<UnitLog> logs = new ArrayList<>();
  private final List<Double> works = new ArrayList<>();

  /** Part that was complete when following began, which says nothing about this run's pace. */
  private double fractionAtStart = Double.NaN;

  /**
   * One unit to follow.
   *
   * @param log need not exist yet
   * @param failed whether it has failed for good, of which its log says nothing
   * @param work its part in the whole, in any unit that all share
   */
  public record Followed(String name, Path log, BooleanSupplier failed, double work) {}

  /**
   * Follows units.
   *
   * @param units in the order to show
   * @param clock tells the time of a snapshot
   */
  public ProgressFollower(List<Followed> units, Clock clock) {
    this.clock = clock;
    began = clock.instant();
    for (Followed unit : units) {
      logs.add(new UnitLog(unit, began.toEpochMilli()));
      works.add(unit.work());
    }
  }

  /** Reads what was appended since the last call. */
  public ProgressSnapshot snapshot() {
    List<UnitProgress> units = new ArrayList<>();
    for (UnitLog log : logs) {
      units.add(log.read());
    }
    Instant now = clock.instant();
    double elapsed = Duration.between(began, now).toMillis() / 1000.0;
    double fraction = fraction(units);
    if (Double.isNaN(fractionAtStart)) {
      fractionAtStart = fraction;
    }
    return new ProgressSnapshot(now, units, elapsed, remaining(elapsed, fraction));
  }

  /** Part of the work that is done; a pre-training weighs as much as many trials. */
  private double fraction(List<UnitProgress> units) {
    double all = 0;
    double done = 0;
    for (int i = 0; i < units.size(); i++) {
      all += works.get(i);
      done += works.get(i) * units.get(i).fraction();
    }
    return all == 0 ? 1 : done / all;
  }

  private double remaining(double elapsed, double fraction) {
    double made = fraction - fractionAtStart;
    boolean known = made > 0 && made >= LEAST_MADE * (1 - fractionAtStart);
    return known ? elapsed * (1 - fraction) / made : Double.NaN;
  }
}
