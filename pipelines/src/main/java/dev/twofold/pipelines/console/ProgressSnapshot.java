package dev.twofold.pipelines.console;

import java.time.Instant;
import java.util.List;

/**
 * How far a run is at one moment.
 *
 * @param units in the order in which they were planned
 * @param elapsed seconds since the run began
 * @param remaining seconds to its end; NaN while nothing is known
 */
public record ProgressSnapshot(
    Instant time, List<UnitProgress> units, double elapsed, double remaining) {

  public ProgressSnapshot {
    units = List.copyOf(units);
  }

  /** Units that are complete. */
  public long done() {
    return count(State.DONE);
  }

  /** Units that have failed for good, in this run. */
  public long failed() {
    return count(State.FAILED);
  }

  private long count(State state) {
    return units.stream().filter(unit -> unit.state() == state).count();
  }

  /** What a unit is doing. */
  public enum State {
    WAITING,
    RUNNING,
    DONE,
    FAILED
  }

  /**
   * One unit, stage or trial.
   *
   * @param loss last one told; NaN before
   * @param accuracy last one told; NaN before
   * @param imagesPerSecond last one told; NaN before
   * @param remaining seconds to its end; NaN while unknown
   */
  public record UnitProgress(
      String name,
      State state,
      long step,
      long steps,
      int epoch,
      int epochs,
      double loss,
      double accuracy,
      double imagesPerSecond,
      double remaining) {

    /** A unit that has told nothing yet. */
    public static UnitProgress waiting(String name) {
      double unknown = Double.NaN;
      return new UnitProgress(name, State.WAITING, 0, 0, 0, 0, unknown, unknown, unknown, unknown);
    }

    /** Part of its steps that are done, in [0, 1]; all of one that failed, which makes no more. */
    public double fraction() {
      if (state == State.DONE || state == State.FAILED) {
        return 1;
      }
      return steps == 0 ? 0 : Math.min(1, (double) step / steps);
    }
  }
}
