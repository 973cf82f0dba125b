package dev.twofold.pipelines.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.PrintStream;
import java.util.Locale;

/** One JSON object a snapshot; what is not known is left out. */
final class JsonDisplay implements ProgressDisplay {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;

  JsonDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public void show(ProgressSnapshot snapshot) {
    ObjectNode line = JSON.createObjectNode();
    line.put("event", "progress").put("time", snapshot.time().toEpochMilli());
    line.put("done", snapshot.done()).put("total", snapshot.units().size());
    known(line, "elapsed", snapshot.elapsed());
    known(line, "remaining", snapshot.remaining());
    var running = line.putArray("running");
    snapshot.units().stream()
        .filter(unit -> unit.state() == State.RUNNING)
        .forEach(unit -> fill(running.addObject(), unit));
    out.print(line + "\n");
    out.flush();
  }

  private static void fill(ObjectNode line, UnitProgress unit) {
    line.put("name", unit.name()).put("state", unit.state().name().toLowerCase(Locale.ROOT));
    line.put("step", unit.step()).put("steps", unit.steps());
    line.put("epoch", unit.epoch()).put("epochs", unit.epochs());
    known(line, "loss", unit.loss());
    known(line, "accuracy", unit.accuracy());
    known(line, "imagesPerSecond", unit.imagesPerSecond());
    known(line, "remaining", unit.remaining());
  }

  private static void known(ObjectNode line, String name, double value) {
    if (Double.isFinite(value)) {
      line.put(name, value);
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
