package dev.twofold.transforms.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.models.ImageShape;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Writer of an event log (docs/events.md): one write a line, and the same line to a stream where
 * one is given.
 */
public final class EventLog implements AutoCloseable {
  private final FileChannel file;
  private final PrintStream echo;

  private EventLog(FileChannel file, PrintStream echo) {
    this.file = file;
    this.echo = echo;
  }

  /**
   * Opens a log and cuts it to the length that a checkpoint knows of.
   *
   * @param length bytes to keep; 0 for a new log
   * @param echo stream that gets every line too
   */
  public static EventLog open(Path path, long length, PrintStream echo) throws IOException {
    Files.createDirectories(path.getParent());
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(Math.min(length, file.size()));
    file.position(file.size());
    return new EventLog(file, echo);
  }

  /** Bytes written so far. */
  public long length() throws IOException {
    return file.position();
  }

  public void start() throws IOException {
    write(event("start").put("time", System.currentTimeMillis()));
  }

  public void param(String name, String value) throws IOException {
    write(event("param").put("name", name).put("value", value));
  }

  public void tag(String name, String value) throws IOException {
    write(event("tag").put("name", name).put("value", value));
  }

  /** A dataset of the run. */
  public void input(
      String name,
      String digest,
      String side,
      String context,
      String source,
      long rows,
      int classes)
      throws IOException {
    write(
        event("input")
            .put("name", name)
            .put("digest", digest)
            .put("side", side)
            .put("context", context)
            .put("source", source)
            .put("rows", rows)
            .put("classes", classes));
  }

  /** One point of a metric; what is no finite number is written as MLflow wants it. */
  public void metric(String name, double value, long step) throws IOException {
    ObjectNode event = event("metric").put("name", name);
    if (Double.isFinite(value)) {
      event.put("value", value);
    } else {
      event.put("value", Double.toString(value));
    }
    write(event.put("step", step).put("time", System.currentTimeMillis()));
  }

  public void figure(String name, String path, long step) throws IOException {
    write(
        event("figure")
            .put("name", name)
            .put("path", path)
            .put("step", step)
            .put("time", System.currentTimeMillis()));
  }

  public void artifact(String path, String to) throws IOException {
    write(event("artifact").put("path", path).put("to", to));
  }

  /** A SavedModel to log as a model. */
  public void model(String name, String path, String task, ImageShape shape, List<String> classes)
      throws IOException {
    ObjectNode event =
        event("model")
            .put("name", name)
            .put("path", path)
            .put("task", task)
            .put("height", shape.height())
            .put("width", shape.width())
            .put("channels", shape.channels());
    classes.forEach(event.putArray("classes")::add);
    write(event);
  }

  /** For a person who watches; never projected. */
  public void progress(Progress progress) throws IOException {
    ObjectNode event = event("progress");
    event.setAll((ObjectNode) TrainingJson.MAPPER.valueToTree(progress));
    write(event.put("time", System.currentTimeMillis()));
  }

  /**
   * How far a unit is.
   *
   * @param accuracy mean of the tasks' last accuracies; null before the first epoch's end
   * @param imagesPerSecond NaN of a closed form, whose passes take all images
   */
  public record Progress(
      int step,
      int steps,
      int epoch,
      int epochs,
      double loss,
      Double accuracy,
      double imagesPerSecond) {}

  public void checkpoint(int epoch, int step) throws IOException {
    write(
        event("checkpoint")
            .put("epoch", epoch)
            .put("step", step)
            .put("time", System.currentTimeMillis()));
    // What is resumed has no more than this log of the steps before.
    file.force(false);
  }

  public void done() throws IOException {
    write(event("done").put("time", System.currentTimeMillis()));
  }

  public void end(String status, String reason) throws IOException {
    ObjectNode event = event("end").put("status", status);
    if (reason != null) {
      event.put("reason", reason);
    }
    write(event.put("time", System.currentTimeMillis()));
  }

  private static ObjectNode event(String name) {
    return TrainingJson.MAPPER.createObjectNode().put("event", name);
  }

  private void write(ObjectNode event) throws IOException {
    String line = TrainingJson.MAPPER.writeValueAsString(event) + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    if (echo != null) {
      echo.print(line);
      echo.flush();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
