package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is killed in the middle of a training: the same command ends with the same numbers. */
final class KillIT {
  private static final int STEPS = 1500;
  static final String[] RUN = {"run", Setting.CONFIGURATION, "--set", "training.steps=" + STEPS};

  /** What a model process has to save its checkpoint when its parent is gone. */
  private static final Duration FAREWELL = Duration.ofSeconds(20);

  @TempDir private static Path undisturbed;
  private static Map<String, List<String>> expected;

  @BeforeAll
  static void runUndisturbed() throws IOException, InterruptedException {
    Setting.write(undisturbed, Setting.ONE_METHOD);
    new Cli(undisturbed).run(RUN).expect(0);
    expected = workdir(undisturbed).bits(0);
    assertThat(expected).hasSize(1);
  }

  @Test
  void aKilledModelProcessIsReplaced(@TempDir Path folder)
      throws IOException, InterruptedException {
    Cli.Running running = startAndAwaitTheMiddle(folder);
    ProcessHandle model = running.modelProcess().orElseThrow();
    model.destroyForcibly();
    running.await().expect(0);
    assertThat(running.said()).contains("attempt 1 of 3");
    assertThat(workdir(folder).bits(0)).isEqualTo(expected);
  }

  /** As one whose GPU's driver does not answer: nothing is heard of it, and nothing ends it. */
  @Test
  void aModelProcessThatHangsIsReplaced(@TempDir Path folder)
      throws IOException, InterruptedException {
    Setting.write(folder, Setting.ONE_METHOD);
    Cli.Running running = awaitTheMiddle(folder, "--set", "workers.maxSilentMinutes=1");
    ProcessHandle model = running.modelProcess().orElseThrow();
    new ProcessBuilder("kill", "-STOP", Long.toString(model.pid())).start().waitFor();
    running.await().expect(0);
    assertThat(running.said())
        .contains("attempt 1 of 3", "gave no sign of life for 1 min", "workers.maxSilentMinutes");
    assertThat(workdir(folder).bits(0)).isEqualTo(expected);
  }

  @Test
  void aKilledRunLeavesNoModelProcessAndIsContinued(@TempDir Path folder) throws Exception {
    Cli.Running running = startAndAwaitTheMiddle(folder);
    ProcessHandle model = running.modelProcess().orElseThrow();
    running.kill();
    model.onExit().get(FAREWELL.toSeconds(), TimeUnit.SECONDS);
    assertThat(workdir(folder).whole("train")).as("trained after the kill").isEmpty();

    continueAndCompare(folder);
  }

  @Test
  void anInterruptedRunSaysSoAndIsContinued(@TempDir Path folder)
      throws IOException, InterruptedException {
    Cli.Running running = startAndAwaitTheMiddle(folder);
    ProcessHandle model = running.modelProcess().orElseThrow();
    assertThat(running.flinkFolders()).as("folders while it runs").hasSize(1);
    long interrupted = System.nanoTime();
    model.destroy(); // as timeout and systemd do, which signal all of a group
    running.interrupt();
    running.await().expect(130);
    assertThat(Duration.ofNanos(System.nanoTime() - interrupted))
        .as("time to the end, which a run that hangs has from its shutdown's limit alone")
        .isLessThan(Duration.ofSeconds(45));
    assertThat(model.isAlive()).as("the model process").isFalse();
    assertThat(running.flinkFolders()).as("folders that it left").isEmpty();
    assertThat(outcomes(folder)).hasSize(2).containsOnly("KILLED");

    continueAndCompare(folder);
    assertThat(outcomes(folder)).as("outcomes when continued").containsOnly("FINISHED");
    assertThat(workdir(folder).runs("one")).as("one trial and one summary").hasSize(2);
  }

  /** What it draws is drawn while the virtual machine ends, which refuses new shutdown hooks. */
  @Test
  void anInterruptedRunReportsTheTrialsThatItHas() throws IOException, InterruptedException {
    Cli.Running running = awaitTheMiddle(undisturbed, "--set", "repeats=2");
    running.interrupt();
    running.await().expect(130);
    assertThat(running.said()).contains("Interrupted").contains("report.html");
    assertThat(outcomes(undisturbed))
        .as("outcomes of two trials and two summaries")
        .containsExactlyInAnyOrder("FINISHED", "FINISHED", "KILLED", "KILLED");
  }

  private static Cli.Running startAndAwaitTheMiddle(Path folder)
      throws IOException, InterruptedException {
    Setting.write(folder, Setting.ONE_METHOD);
    return awaitTheMiddle(folder);
  }

  private static Cli.Running awaitTheMiddle(Path folder, String... more)
      throws IOException, InterruptedException {
    Cli.Running running =
        new Cli(folder)
            .start(Stream.concat(Stream.of(RUN), Stream.of(more)).toArray(String[]::new));
    running.awaitUntil("a training in its middle", () -> workdir(folder).progress() > 0);
    assertThat(workdir(folder).progress()).isLessThan(STEPS);
    return running;
  }

  /** From the checkpoint, not from the beginning: the log has one beginning and the mark. */
  private static void continueAndCompare(Path folder) throws IOException, InterruptedException {
    new Cli(folder).run(RUN).expect(0);
    Workdir workdir = workdir(folder);
    assertThat(workdir.bits(0)).isEqualTo(expected);
    Path log = workdir.whole("train").iterator().next().resolve("events.jsonl");
    assertThat(Workdir.events(log))
        .extracting(event -> event.path("event").asText())
        .containsOnlyOnce("start")
        .contains("checkpoint")
        .endsWith("done");
  }

  /** The last status of every tracked run. */
  private static List<String> outcomes(Path folder) {
    return workdir(folder).runs("one").stream()
        .map(run -> Workdir.events(run.resolve("outcome.jsonl")))
        .map(events -> events.get(events.size() - 1).path("status").asText())
        .toList();
  }

  private static Workdir workdir(Path folder) {
    return new Workdir(folder.resolve("twofold-work"));
  }
}
