package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** Writes a run as the pipelines do: a description and event logs in the documented format. */
final class RunWriter {
  /** 14 November 2023, 22:13:20 UTC. */
  static final long TIME = 1_700_000_000_000L;

  private final Path workdir;
  private final ObjectNode description;
  private final List<String> logs = new ArrayList<>();
  private final Path folder;

  RunWriter(Path workdir, String experiment, String name) throws IOException {
    this.workdir = workdir;
    this.folder = workdir.resolve("runs").resolve(experiment).resolve(name);
    this.description =
        Transport.JSON
            .createObjectNode()
            .put("format", 1)
            .put("kind", "trial")
            .put("experiment", experiment)
            .put("key", experiment + "/" + name + "/1")
            .put("name", name);
    Files.createDirectories(folder);
  }

  Path folder() {
    return folder;
  }

  String key() {
    return description.path("key").asText();
  }

  RunWriter with(String field, String value) {
    description.put(field, value);
    return this;
  }

  RunDescription describe() throws IOException {
    ArrayNode list = description.putArray("logs");
    logs.forEach(list::add);
    Files.writeString(folder.resolve("run.json"), description.toString());
    return RunDescription.read(folder);
  }

  /** A log of the run's own, projected as it grows. */
  Log header() {
    return log(workdir.relativize(folder.resolve("header.jsonl")).toString());
  }

  Log outcome() {
    return log(workdir.relativize(folder.resolve("outcome.jsonl")).toString());
  }

  /** A log of an artifact, projected up to its marks. */
  Log unit(String key) {
    return log("artifacts/train/" + key + "/events.jsonl");
  }

  /** The log of a trial's evaluation. */
  Log evaluation(String key) {
    return log("artifacts/evaluate/" + key + "/events.jsonl");
  }

  private Log log(String path) {
    if (!logs.contains(path)) {
      logs.add(path);
    }
    return new Log(workdir.resolve(path));
  }

  /** One event log. */
  static final class Log {
    private final Path file;

    Log(Path file) {
      this.file = file;
    }

    Path file() {
      return file;
    }

    Log start() throws IOException {
      return append(event("start").put("time", TIME));
    }

    Log param(String name, String value) throws IOException {
      return append(event("param").put("name", name).put("value", value));
    }

    Log tag(String name, String value) throws IOException {
      return append(event("tag").put("name", name).put("value", value));
    }

    Log metric(String name, double value, long step) throws IOException {
      return append(
          event("metric")
              .put("name", name)
              .put("value", value)
              .put("step", step)
              .put("time", TIME + 1000 * step));
    }

    Log metric(String name, String value, long step) throws IOException {
      return append(
          event("metric")
              .put("name", name)
              .put("value", value)
              .put("step", step)
              .put("time", TIME + 1000 * step));
    }

    Log checkpoint(long epoch) throws IOException {
      return append(event("checkpoint").put("epoch", epoch).put("step", epoch).put("time", TIME));
    }

    Log done() throws IOException {
      return append(event("done").put("time", TIME + 60_000));
    }

    Log end(String status, String reason) throws IOException {
      return append(
          event("end").put("status", status).put("reason", reason).put("time", TIME + 90_000));
    }

    Log input(String name, String digest, String side, String context, int rows)
        throws IOException {
      return append(
          event("input")
              .put("name", name)
              .put("digest", digest)
              .put("side", side)
              .put("context", context)
              .put("source", "data/" + name)
              .put("rows", rows)
              .put("classes", 10));
    }

    Log figure(String name, String label, long step) throws IOException {
      Path png = file.resolveSibling(name.replace('/', '-') + "-" + step + ".png");
      draw(png, label);
      return append(
          event("figure")
              .put("name", name)
              .put("path", png.getFileName().toString())
              .put("step", step)
              .put("time", TIME + 1000 * step));
    }

    Log artifact(String path, String to) throws IOException {
      return append(event("artifact").put("path", path).put("to", to));
    }

    Log model(String name, String path, String task) throws IOException {
      ObjectNode event =
          event("model")
              .put("name", name)
              .put("path", path)
              .put("task", task)
              .put("height", 8)
              .put("width", 8)
              .put("channels", 3);
      event.putArray("classes").add("bike").add("mug");
      return append(event);
    }

    Log append(ObjectNode event) throws IOException {
      return appendText(event + "\n");
    }

    Log appendText(String text) throws IOException {
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      return this;
    }

    /** The same lines in a log of their own that was written so much later. */
    Log writtenAnew(Duration later) throws IOException {
      String lines =
          Pattern.compile("(?<=\"time\":)\\d+")
              .matcher(Files.readString(file))
              .replaceAll(time -> Long.toString(Long.parseLong(time.group()) + later.toMillis()));
      Files.writeString(file, lines);
      return this;
    }

    /** Keeps so many lines, as a restart does. */
    Log cutTo(int lines) throws IOException {
      List<String> kept = Files.readAllLines(file).subList(0, lines);
      Files.write(file, kept);
      return this;
    }

    private static ObjectNode event(String type) {
      return Transport.JSON.createObjectNode().put("event", type);
    }

    private static void draw(Path png, String label) throws IOException {
      BufferedImage image = new BufferedImage(120, 80, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(Color.getHSBColor(label.hashCode() / 1000f, .6f, .8f));
      graphics.fillRect(0, 0, 120, 80);
      graphics.setColor(Color.BLACK);
      graphics.drawString(label, 10, 45);
      graphics.dispose();
      Files.createDirectories(png.getParent());
      ImageIO.write(image, "png", png.toFile());
    }
  }
}
