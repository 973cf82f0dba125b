package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.transforms.training.ModelProcesses.Ending;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelProcessesTest {
  /** What a process that listened to a signal would have ended in. */
  private static final long MOMENT = 1000;

  @TempDir private Path workdir;

  private FutureTask<Ending> start(WaitingUnit unit) {
    return start(unit, ModelProcesses.MAX_SILENCE);
  }

  private FutureTask<Ending> start(WaitingUnit unit, Duration maxSilence) {
    return new FutureTask<>(
        () ->
            ModelProcesses.run(
                unit.request(), workdir.resolve("process"), DeviceChoice.CPU, maxSilence));
  }

  private static Thread thread(FutureTask<?> task) {
    Thread thread = new Thread(task, "worker");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Ctrl-C, a terminal that goes, timeout and systemd signal all of a process group. */
  @Test
  void signalsAreForTheParentAlone() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      FutureTask<Ending> run = start(unit);
      thread(run);
      ProcessHandle process = unit.awaitProcess();
      for (String signal : List.of("-INT", "-HUP", "-TERM")) {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
      }
      Thread.sleep(MOMENT);
      assertThat(process.isAlive()).isTrue();

      unit.release();
      assertThat(run.get(1, TimeUnit.MINUTES)).isEqualTo(Ending.DONE);
    }
  }

  /** As Flink does, every 30 s until the task has ended. */
  @Test
  void aProcessHasItsTimeHoweverOftenItsWorkerIsInterrupted() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      FutureTask<Ending> run = start(unit);
      Thread worker = thread(run);
      ProcessHandle process = unit.awaitProcess();
      for (int times = 0; times < 3; times++) {
        worker.interrupt();
        Thread.sleep(MOMENT);
        assertThat(process.isAlive()).isTrue();
      }

      unit.release();
      assertThatThrownBy(() -> run.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(process.isAlive()).isFalse();
    }
  }

  @Test
  void aProcessThatIsAtWorkSaysSo() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      Path request =
          Files.write(
              workdir.resolve("request.json"),
              TrainingJson.MAPPER.writeValueAsBytes(unit.request()));
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ModelProcess.class.getName(),
                  request.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        BufferedReader events = process.inputReader(StandardCharsets.UTF_8);
        FutureTask<String> first = new FutureTask<>(events::readLine);
        thread(first);
        assertThat(first.get(1, TimeUnit.MINUTES)).isEqualTo("{\"event\":\"alive\"}");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /** It waits in native code, as for a driver that does not answer, for a lock. */
  @Test
  void aProcessThatHangsIsKilled() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      FutureTask<Ending> run = start(unit, Duration.ofSeconds(5));
      thread(run);
      ProcessHandle process = unit.awaitProcess();

      Ending ending = run.get(1, TimeUnit.MINUTES);
      assertThat(ending)
          .isEqualTo(
              new Ending(
                  137,
                  ("the process of unit %s gave no sign of life for 5 s and was killed, as where a"
                          + " GPU or a mount does not answer (its log is %s; where it was only"
                          + " slow, raise workers.maxSilentMinutes)")
                      .formatted(unit.train().key(), workdir.resolve("process/process.log"))));
      assertThat(process.isAlive()).isFalse();
      assertThat(ExitCodes.isFinal(ending.code())).as("it is not tried again").isFalse();
    }
  }

  @Test
  void aThreadThatWasInterruptedStartsNothing() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(
              () ->
                  ModelProcesses.run(
                      unit.request(),
                      workdir.resolve("p"),
                      DeviceChoice.CPU,
                      ModelProcesses.MAX_SILENCE))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void aProcessThatCannotBeStartedSaysWhy() throws Exception {
    Path file = Files.writeString(workdir.resolve("file"), "");
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      Ending ending =
          ModelProcesses.run(unit.request(), file, DeviceChoice.CPU, ModelProcesses.MAX_SILENCE);
      assertThat(ending.reason())
          .startsWith("its process could not be run: Cannot use %s: ".formatted(file));
      assertThat(ending.code()).isEqualTo(1);
      assertThat(ExitCodes.isFinal(ending.code())).as("it is not tried again").isFalse();
    }
  }

  @Test
  void noOptionOfItsParentAndNoLoginIsInherited() throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    for (String name :
        List.of(
            "_JAVA_OPTIONS",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "MLFLOW_TRACKING_USERNAME",
            "MLFLOW_TRACKING_PASSWORD",
            "MLFLOW_TRACKING_TOKEN",
            "TWOFOLD_HOME")) {
      environment.put(name, "x");
    }
    try (Devices.Lease cpu = Devices.lease(DeviceChoice.CPU)) {
      ModelProcesses.prepare(environment, cpu);
    }
    assertThat(environment)
        .containsEntry("TWOFOLD_HOME", "x")
        .containsOnlyKeys(
            "TWOFOLD_HOME",
            "CUDA_VISIBLE_DEVICES",
            "TF_CPP_MIN_LOG_LEVEL",
            "TF_ENABLE_ONEDNN_OPTS");
  }
}
