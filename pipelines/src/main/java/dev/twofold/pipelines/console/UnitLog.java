package dev.twofold.pipelines.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.pipelines.console.ProgressFollower.Followed;
import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import dev.twofold.transforms.training.EventLines;
import java.io.IOException;

/**
 * One event log, read as far as its last complete line. A restart cuts a log back to its last
 * checkpoint; a log that has become shorter is read again from its start.
 */
final class UnitLog {

  private final Followed unit;
  private final long began;
  private long offset;
  private long firstStep;
  private long firstTime;
  private UnitProgress progress;

  /**
   * One log to follow.
   *
   * @param began when following began, in milliseconds: what was told before is of another process
   */
  UnitLog(Followed unit, long began) {
    this.unit = unit;
    this.began = began;
    progress = UnitProgress.waiting(unit.name());
  }

  /** What it tells now; where it cannot be read at this moment, what it told before. */
  UnitProgress read() {
    try {
      readOn();
    } catch (IOException e) {
      // cannot be read at the moment; the next look tells
    }
    return progress.state() != State.DONE && unit.failed().getAsBoolean()
        ? in(State.FAILED)
        : progress;
  }

  private void readOn() throws IOException {
    long end = EventLines.read(unit.log(), offset, this::take);
    if (end < offset) {
      firstTime = 0;
      progress = UnitProgress.waiting(unit.name());
      end = EventLines.read(unit.log(), 0, this::take);
    }
    offset = end;
  }

  private void take(JsonNode event) {
    switch (event.path("event").asText()) {
      case "done" -> progress = in(State.DONE);
      case "progress" -> progress = told(event);
      case "start", "metric", "checkpoint" -> {
        if (progress.state() == State.WAITING) {
          progress = in(State.RUNNING);
        }
      }
      default -> {}
    }
  }

  private UnitProgress in(State state) {
    return new UnitProgress(
        unit.name(),
        state,
        progress.step(),
        progress.steps(),
        progress.epoch(),
        progress.epochs(),
        progress.loss(),
        progress.accuracy(),
        progress.imagesPerSecond(),
        state == State.RUNNING ? progress.remaining() : 0);
  }

  private UnitProgress told(JsonNode event) {
    long step = event.path("step").asLong();
    long time = event.path("time").asLong();
    boolean anothers = firstTime < began && time >= began;
    if (firstTime == 0 || anothers || step < progress.step()) {
      firstTime = time;
      firstStep = step;
    }
    long steps = event.path("steps").asLong();
    return new UnitProgress(
        unit.name(),
        State.RUNNING,
        step,
        steps,
        event.path("epoch").asInt(),
        event.path("epochs").asInt(),
        number(event, "loss"),
        number(event, "accuracy"),
        number(event, "imagesPerSecond"),
        remaining(step, steps, time));
  }

  private static double number(JsonNode event, String field) {
    return event.path(field).asDouble(Double.NaN);
  }

  /** At the pace since this process began to tell; unknown at its first word. */
  private double remaining(long step, long steps, long time) {
    return step <= firstStep
        ? Double.NaN
        : (time - firstTime) / 1000.0 * (steps - step) / (step - firstStep);
  }
}
