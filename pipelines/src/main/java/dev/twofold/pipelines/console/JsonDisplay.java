package dev.twofold.pipelines.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.PrintStream;
import java.util.Locale;

/** One JSON object for each snapshot that tells something new; what is not known is left out. */
final class JsonDisplay implements ProgressDisplay {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private ObjectNode told = JSON.createObjectNode();

  JsonDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public void show(ProgressSnapshot snapshot) {
    ObjectNode news = news(snapshot);
    if (news.equals(told)) {
      return;
    }
    told = news;
    ObjectNode line = JSON.createObjectNode();
    line.put("event", "progress").put("time", snapshot.time().toEpochMilli());
    known(line, "elapsed", snapshot.elapsed());
    known(line, "remaining", snapshot.remaining());
    line.setAll(news);
    out.print(line + "\n");
    out.flush();
  }

  /** All but the times, which change while nothing happens. */
  private static ObjectNode news(ProgressSnapshot snapshot) {
    ObjectNode news = JSON.createObjectNode();
    news.put("done", snapshot.done())
        .put("failed", snapshot.failed())
        .put("total", snapshot.units().size());
    var running = news.putArray("running");
    snapshot.units().stream()
        .filter(unit -> unit.state() == State.RUNNING)
        .forEach(unit -> fill(running.addObject(), unit));
    return news;
  }

  private static void fill(ObjectNode line, UnitProgress unit) {
    line.put("name", unit.name()).put("state", unit.state().name().toLowerCase(Locale.ROOT));
    if (unit.steps() > 0) {
      line.put("step", unit.step()).put("steps", unit.steps());
      line.put("epoch", unit.epoch()).put("epochs", unit.epochs());
    }
    known(line, "loss", unit.loss());
    known(line, "accuracy", unit.accuracy());
    known(line, "imagesPerSecond", unit.imagesPerSecond());
    known(line, "remaining", unit.remaining());
  }

  /** Adds a number, where it is one. */
  static void known(ObjectNode line, String name, double value) {
    if (Double.isFinite(value)) {
      line.put(name, value);
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
