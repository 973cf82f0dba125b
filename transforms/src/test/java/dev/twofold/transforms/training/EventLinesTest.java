package dev.twofold.transforms.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLinesTest {

  @TempDir private Path folder;

  private final List<JsonNode> events = new ArrayList<>();
  private Path log;

  @BeforeEach
  void nameLog() {
    log = folder.resolve("events.jsonl");
  }

  @Test
  void wholeLinesAreReadOnFromTheOffset() throws IOException {
    append("{\"event\":\"start\",\"time\":1}\n{\"event\":\"ta");
    long offset = read(0);
    assertThat(offset).isEqualTo(27);
    assertThat(names()).containsExactly("start");
    assertThat(read(offset)).as("the torn line is not there yet").isEqualTo(27);

    append("g\",\"name\":\"größe\",\"value\":\"a\"}\n{\"event\":\"done\",\"time\":2}\n");
    assertThat(read(offset)).isEqualTo(Files.size(log));
    assertThat(names()).containsExactly("start", "tag", "done");
    assertThat(events.get(1).path("name").asText()).isEqualTo("größe");
  }

  @Test
  void whatIsNoObjectIsSkippedAndTheRestRead() throws IOException {
    append("{\"event\":\"start\"}\n{\"event\":\"met{\"event\":\"done\"}\n[1]\n\"done\"\n\n");
    append("\u0000\u0000\u0000{\"event\":\"tag\"}\nnull\n{\"event\":\"end\"}\n");

    assertThat(read(0)).isEqualTo(Files.size(log));
    assertThat(names()).containsExactly("start", "end");
  }

  @Test
  void theWarningNamesFileAndLine() throws IOException {
    append("{\"event\":\"start\"}\n\n{broken\n");
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      read(18);
    } finally {
      System.setErr(err);
    }
    assertThat(said.toString(UTF_8))
        .as("a blank line is nothing")
        .containsOnlyOnce("Skipped")
        .contains("Skipped the line at byte 19 of " + log + ": it is no event");
  }

  @Test
  void ofALogThatIsShorterNothingIsReadBeforeItIsReadAgain() throws IOException {
    append("{\"event\":\"start\"}\n{\"event\":\"done\"}\n");
    long offset = read(0);
    Files.writeString(log, "{\"event\":\"start\"}\n");
    events.clear();

    assertThat(read(offset)).isZero();
    assertThat(events).isEmpty();
    assertThat(read(0)).isEqualTo(18);
    assertThat(names()).containsExactly("start");
  }

  @Test
  void aLogThatDoesNotExistIsEmpty() throws IOException {
    assertThat(read(0)).isZero();
    assertThat(read(7)).as("gone").isEqualTo(7);
    assertThat(events).isEmpty();
  }

  @Test
  void threeNumbersHaveNames() throws IOException {
    append(
        "{\"v\":0.25}\n{\"v\":\"NaN\"}\n{\"v\":\"Infinity\"}\n{\"v\":\"-Infinity\"}\n{\"v\":7}\n");
    append("{\"v\":\"0.25\"}\n{\"v\":null}\n{}\n");
    read(0);

    assertThat(events.subList(0, 5))
        .extracting(event -> EventLines.number(event.path("v")).orElseThrow())
        .containsExactly(0.25, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 7.0);
    assertThat(events.subList(5, 8))
        .allSatisfy(event -> assertThat(EventLines.number(event.path("v"))).isEmpty());
  }

  private long read(long offset) throws IOException {
    return EventLines.read(log, offset, events::add);
  }

  private List<String> names() {
    return events.stream().map(event -> event.path("event").asText()).toList();
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
