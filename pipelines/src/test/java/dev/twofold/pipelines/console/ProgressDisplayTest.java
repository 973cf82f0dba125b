package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.console.ProgressDisplay.Audience;
import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void aTerminalIsRedrawnInPlace() {
    try (ProgressDisplay display = terminal(100)) {
      display.show(at(10, running("mtal", 7, .8124), running("single-task", 2, Double.NaN)));
      display.show(at(12, done("mtal"), running("single-task", 3, 1.5)));
    }

    assertThat(text())
        .isEqualTo(
            "\rmtal         epoch 7/25  loss 0.812  accuracy 0.500  310 images/s  2:05 left\u001b[K\n"
                + "\rsingle-task  epoch 2/25  accuracy 0.500  310 images/s  2:05 left\u001b[K\n"
                + "\r0 of 2 done  0:10 elapsed  1:02:03 left\u001b[K\n\u001b[J"
                + "\u001b[3A\rsingle-task  epoch 3/25  loss 1.500  accuracy 0.500  310 images/s"
                + "  2:05 left\u001b[K\n"
                + "\r1 of 2 done  0:12 elapsed  1:02:03 left\u001b[K\n\u001b[J");
  }

  @Test
  void namesDoNotSteerTheTerminal() {
    terminal(100).show(at(1, running("a\u001b[2Jb\n", 1, 1)));

    assertThat(text()).startsWith("\ra?[2Jb?  epoch 1/25");
  }

  @Test
  void terminalLinesDoNotWrap() {
    for (int columns : List.of(20, 60, 200)) {
      terminal(columns).show(at(1, running("x".repeat(300), 1, 1)));
      assertThat(text().replace("\u001b[K", "").replace("\u001b[J", "").lines())
          .allMatch(line -> line.strip().length() < columns)
          .anyMatch(line -> line.strip().length() > columns / 2);
      printed.reset();
    }
  }

  @Test
  void aPipeGetsALineInTenSecondsAndOneAtEachEnd() {
    try (ProgressDisplay display = display(Audience.PLAIN)) {
      display.show(at(0, UnitProgress.waiting("mtal"), done("reused")));
      display.show(at(1, running("mtal", 1, 2.0), done("reused")));
      display.show(at(5, running("mtal", 2, 1.9), done("reused")));
      display.show(at(11, running("mtal", 3, 1.8), done("reused")));
      display.show(at(12, done("mtal"), done("reused")));
      display.show(at(13, done("mtal"), done("reused")));
    }

    assertThat(text())
        .isEqualTo(
            """
            mtal: started
            mtal: epoch 3/25  loss 1.800  accuracy 0.500  310 images/s  2:05 left
            mtal: done (2 of 2 done  0:12 elapsed  1:02:03 left)
            """);
  }

  @Test
  void aPipeHearsOnceOfWhatFailed() {
    UnitProgress failed =
        new UnitProgress("mtal", State.FAILED, 10, 250, 1, 25, 2, .5, 310, Double.NaN);
    try (ProgressDisplay display = display(Audience.PLAIN)) {
      display.show(at(1, running("mtal", 1, 2.0), done("reused")));
      display.show(at(12, failed, done("reused")));
      display.show(at(30, failed, done("reused")));
    }

    assertThat(text())
        .isEqualTo(
            """
            mtal: started
            mtal: failed (1 of 2 done, 1 failed  0:12 elapsed  1:02:03 left)
            """);
  }

  /** Passes of a closed form are no epochs, and before its first word nothing is known. */
  @Test
  void whatHasNoEpochsTellsItsSteps() {
    ProgressDisplay display = display(Audience.PLAIN);
    display.show(at(1, unit(0, 0, 0, 0)));
    display.show(at(12, unit(0, 0, 0, 0)));
    display.show(at(24, unit(3, 5, 3, 5)));
    display.show(at(36, unit(120, 300, 1, 1)));

    assertThat(text().lines())
        .containsExactly("mtda: started", "mtda: running", "mtda: step 3/5", "mtda: step 120/300");
  }

  @Test
  void aMachineGetsAnObject() {
    display(Audience.JSON).show(at(1, running("mtal", 7, Double.NaN), UnitProgress.waiting("b")));

    assertThat(text())
        .isEqualTo(
            "{\"event\":\"progress\",\"time\":1772366401000,\"elapsed\":1.0,"
                + "\"remaining\":3723.0,\"done\":0,\"failed\":0,\"total\":2,\"running\":[{\"name\":\"mtal\","
                + "\"state\":\"running\",\"step\":70,\"steps\":250,\"epoch\":7,\"epochs\":25,"
                + "\"accuracy\":0.5,\"imagesPerSecond\":310.0,\"remaining\":125.0}]}\n");
  }

  @Test
  void aMachineHearsOnlyNews() {
    ProgressDisplay display = display(Audience.JSON);
    display.show(at(1, running("mtal", 7, 1)));
    display.show(at(2, running("mtal", 7, 1)));
    display.show(at(3, running("mtal", 8, 1)));
    display.show(at(4, done("mtal")));
    display.show(at(5, done("mtal")));

    assertThat(text().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("{\"event\":\"progress\"") && line.endsWith("}"));
  }

  private ProgressDisplay display(Audience audience) {
    return ProgressDisplay.of(audience, new PrintStream(printed, false, StandardCharsets.UTF_8));
  }

  private ProgressDisplay terminal(int columns) {
    return new TerminalDisplay(new PrintStream(printed, false, StandardCharsets.UTF_8), columns);
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static ProgressSnapshot at(int second, UnitProgress... units) {
    List<UnitProgress> all = Arrays.asList(units);
    return new ProgressSnapshot(START.plusSeconds(second), all, second, 3723);
  }

  private static UnitProgress running(String name, int epoch, double loss) {
    return new UnitProgress(name, State.RUNNING, epoch * 10L, 250, epoch, 25, loss, .5, 310, 125);
  }

  private static UnitProgress unit(int step, int steps, int epoch, int epochs) {
    double unknown = Double.NaN;
    return new UnitProgress(
        "mtda", State.RUNNING, step, steps, epoch, epochs, unknown, unknown, unknown, unknown);
  }

  private static UnitProgress done(String name) {
    return new UnitProgress(name, State.DONE, 250, 250, 25, 25, .1, .9, 310, 0);
  }
}
