package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.twofold.models.ImageShape;
import dev.twofold.tracking.Journal.Entry;
import dev.twofold.tracking.Journal.Extent;
import dev.twofold.transforms.training.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The event log is written in transforms and read in tracking, which share no code: docs/events.md
 * and its schema hold them together. In tracking's package, for its reader is nobody else's.
 */
final class EventsContractTest {
  private static final Path SCHEMA = Path.of("..", "docs", "events.schema.json");

  @TempDir private Path folder;
  private Path log;

  @BeforeEach
  void writeOneOfEachEvent() throws IOException {
    log = folder.resolve("events.jsonl");
    try (EventLog events = EventLog.open(log, 0, null)) {
      events.start();
      events.param("methods.mtal.threshold", "0.4");
      events.tag("twofold.kind", "trial");
      String digest = "0123456789abcdef0123456789abcdef";
      events.input("grey", digest, digest, "train", "data/grey", 42, 3);
      events.metric("loss/grey", 0.25, 1);
      events.metric("loss/colour", Double.NaN, 1);
      events.metric("loss/colour", Double.POSITIVE_INFINITY, 2);
      events.metric("loss/colour", Double.NEGATIVE_INFINITY, 3);
      events.progress(new EventLog.Progress(3, 30, 1, 10, 1.5, null, 100));
      events.progress(new EventLog.Progress(6, 30, 2, 10, Double.NaN, 0.5, 100));
      events.checkpoint(2, 6);
      events.figure("confusion/grey", "confusion-grey.png", 0);
      events.artifact("result.json", "");
      events.model("grey", "savedmodel/grey", "grey", new ImageShape(12, 10, 1), List.of("a", "ß"));
      events.done();
      events.end("FAILED", "it diverged");
      events.end("FINISHED", null);
    }
  }

  @Test
  void everyLineKeepsTheSchema() throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(SCHEMA));
    List<String> lines = Files.readAllLines(log, UTF_8);
    assertThat(lines).hasSize(17);
    for (String line : lines) {
      assertThat(schema.validate(Transport.JSON.readTree(line))).as(line).isEmpty();
    }
    assertThat(schema.validate(Transport.JSON.readTree("{\"event\":\"metric\",\"name\":\"x\"}")))
        .as("a line that is none")
        .isNotEmpty();
  }

  @Test
  void theReaderReadsWhatWasWritten() throws IOException {
    Journal.Slice slice = new Journal(log).read(0, Extent.LAST_LINE);
    assertThat(slice.unreadable()).isEmpty();
    assertThat(slice.end()).isEqualTo(Files.size(log));
    assertThat(slice.entries())
        .extracting(Entry::type)
        .containsExactly(
            "start",
            "param",
            "tag",
            "input",
            "metric",
            "metric",
            "metric",
            "metric",
            "progress",
            "progress",
            "checkpoint",
            "figure",
            "artifact",
            "model",
            "done",
            "end",
            "end");
    JsonNode model = slice.entries().get(13).event();
    assertThat(model.path("classes").get(1).asText()).isEqualTo("ß");
    assertThat(model.path("width").asInt()).isEqualTo(10);
  }

  /** What the writer marks as final is where the reader stops. */
  @Test
  void theReaderStopsAtTheWritersMark() throws IOException {
    try (EventLog events = EventLog.open(log, Files.size(log), null)) {
      events.metric("loss/grey", 0.125, 9);
    }
    Journal.Slice slice = new Journal(log).read(0, Extent.LAST_MARK);
    assertThat(slice.entries()).extracting(Entry::type).endsWith("done").doesNotContain("end");
  }
}
