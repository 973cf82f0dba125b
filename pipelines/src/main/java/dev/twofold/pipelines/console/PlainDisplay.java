package dev.twofold.pipelines.console;

import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A line when a unit starts and when it ends, and at most one in ten seconds between. */
final class PlainDisplay implements ProgressDisplay {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final PrintStream out;
  private final Map<String, Instant> lastLine = new HashMap<>();
  private final Set<String> ended = new HashSet<>();
  private boolean first = true;

  PlainDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public void show(ProgressSnapshot snapshot) {
    for (UnitProgress unit : snapshot.units()) {
      if (unit.state() == State.RUNNING) {
        running(unit, snapshot.time());
      } else if (unit.state() != State.WAITING && ended.add(unit.name()) && !first) {
        String how = unit.state() == State.DONE ? "done" : "failed";
        line(unit, how + " (" + ProgressLine.of(snapshot) + ")");
      }
    }
    first = false;
    out.flush();
  }

  private void running(UnitProgress unit, Instant time) {
    Instant last = lastLine.get(unit.name());
    if (last == null) {
      line(unit, "started");
    } else if (Duration.between(last, time).compareTo(BETWEEN_LINES) >= 0) {
      line(unit, ProgressLine.of(unit));
    } else {
      return;
    }
    lastLine.put(unit.name(), time);
  }

  private void line(UnitProgress unit, String text) {
    out.print(Text.printable(unit.name()) + ": " + text + "\n");
  }

  @Override
  public void close() {
    out.flush();
  }
}
