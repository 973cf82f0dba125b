package dev.twofold.transforms.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reader of an event log (docs/events.md): a log that does not exist is empty, a last line without
 * its newline is not there yet, and a line that is no JSON object is skipped with a warning.
 */
public final class EventLines {
  private static final Logger LOG = LoggerFactory.getLogger(EventLines.class);

  private EventLines() {}

  /**
   * Reads a log on from where an earlier look at it ended.
   *
   * @param offset bytes of the log that were read before; 0 reads all of it
   * @param events gets the events in their order, none where the log cannot be read
   * @return the offset for the next look; 0, and nothing is read, when the log is shorter than it
   *     was: what an earlier look read of it may be no more
   */
  public static long read(Path log, long offset, Consumer<JsonNode> events) throws IOException {
    byte[] appended;
    try (InputStream in = Files.newInputStream(log)) {
      in.skipNBytes(offset);
      appended = in.readAllBytes();
    } catch (NoSuchFileException absent) {
      return offset;
    } catch (EOFException shorter) {
      return 0;
    }
    int start = 0;
    for (int i = 0; i < appended.length; i++) {
      if (appended[i] == '\n') {
        String line = new String(appended, start, i - start, StandardCharsets.UTF_8);
        take(log, offset + start, line, events);
        start = i + 1;
      }
    }
    return offset + start;
  }

  private static void take(Path log, long at, String line, Consumer<JsonNode> events) {
    JsonNode event = parse(line);
    if (event.isObject()) {
      events.accept(event);
    } else if (!line.isBlank()) {
      LOG.warn("Skipped the line at byte {} of {}: it is no event", at, log);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return TrainingJson.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** The value of a metric: a number, or the name of one of the three that JSON lacks. */
  public static OptionalDouble number(JsonNode value) {
    if (value.isNumber()) {
      return OptionalDouble.of(value.asDouble());
    }
    return switch (value.asText()) {
      case "NaN" -> OptionalDouble.of(Double.NaN);
      case "Infinity" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
      case "-Infinity" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
      default -> OptionalDouble.empty();
    };
  }
}
