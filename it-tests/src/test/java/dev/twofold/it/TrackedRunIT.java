package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.it.MlflowServer.TrackedRun;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real MLflow server shows of a run, of the same run again, and of one that was killed. */
final class TrackedRunIT {
  private static final String[] LOCAL = {"--set", "tracking.uri=local"};
  private static final long FAREWELL_SECONDS = 20;

  @TempDir private static Path folderOfServer;
  private static Home home;

  @BeforeAll
  static void shareWhatIsInstalled() throws IOException {
    home = new Home(folderOfServer);
  }

  @AfterAll
  static void stopTheServer() throws IOException, InterruptedException {
    home.stop();
  }

  @Test
  void everyTrialIsOneRunHoweverOftenItIsRun(@TempDir Path folder)
      throws IOException, InterruptedException {
    Setting.write(folder);
    String[] run = {"run", Setting.CONFIGURATION, "--set", "repeats=1"};
    Cli cli = home.cli(folder);
    Cli.Ended ended = cli.run(with(run, LOCAL)).expect(0);
    MlflowServer server = MlflowServer.of(ended);
    List<TrackedRun> runs = server.runs("small");
    assertThat(runs).extracting(TrackedRun::status).containsOnly("FINISHED");
    assertThat(runs)
        .extracting(TrackedRun::kind)
        .containsExactlyInAnyOrder("trial", "trial", "trial", "trial", "auxiliary", "summary");

    TrackedRun mtal = named(runs, "mtal · pair · 1");
    assertThat(mtal.params())
        .containsEntry("method", "mtal")
        .containsEntry("group", "pair")
        .containsEntry("repeat", "1")
        .containsEntry("threshold", "0.4");
    assertThat(mtal.tags())
        .as("what MLflow's column Source shows")
        .containsEntry("mlflow.source.name", Setting.CONFIGURATION);
    assertThat(mtal.metrics()).containsKeys("sharing/total", "loss/grey", "loss/colour");
    assertThat(mtal.inputs())
        .as("what MLflow's column Dataset shows")
        .containsExactlyInAnyOrder(
            "grey train 42", "grey test 18", "colour train 42", "colour test 18");
    JsonNode trained = trained(new Workdir(folder.resolve("twofold-work")), "mtal");
    for (String task : List.of("grey", "colour")) {
      assertThat(mtal.metrics())
          .containsEntry("accuracy/" + task, trained.path(task).path("accuracy").asDouble());
    }
    assertThat(server.models("small")).as("models of four trials").hasSize(8);

    cli.run(with(run, LOCAL)).expect(0);
    assertThat(server.runs("small"))
        .extracting(TrackedRun::kind)
        .as("runs after the same again")
        .containsExactlyInAnyOrder("trial", "trial", "trial", "trial", "auxiliary", "summary");
    assertThat(named(server.runs("small"), "mtal · pair · 1")).isEqualTo(mtal);

    String[] more = {"run", Setting.CONFIGURATION, "--set", "repeats=2"};
    cli.run(with(more, LOCAL)).expect(0);
    List<TrackedRun> summaries =
        server.runs("small").stream().filter(each -> each.kind().equals("summary")).toList();
    assertThat(summaries)
        .extracting(each -> each.name().replaceFirst("^summary [0-9-]+ · ", ""))
        .containsExactlyInAnyOrder("1 repeat", "2 repeats");
    TrackedRun later = summaries.stream().filter(each -> each.name().endsWith("s")).findAny().get();
    assertThat(summaries)
        .extracting(each -> each.tags().get("twofold.superseded"))
        .containsExactlyInAnyOrder(later.tags().get("twofold.key"), null);
    assertThat(later.tags()).doesNotContainKey("twofold.superseded");
    assertThat(server.files(later, "report"))
        .contains("report/report.html", "report/report.md", "report/trials.csv");
    assertThat(named(server.runs("small"), "mtal · pair · 1")).isEqualTo(mtal);
    long longest = server.runs("small").stream().mapToLong(TrackedRun::millis).max().orElseThrow();
    assertThat(server.runs("small"))
        .filteredOn(each -> each.kind().equals("trial"))
        .as("trials last as long as their units, the summary as the invocation")
        .allMatch(each -> each.millis() < longest);
  }

  @Test
  void aKilledRunIsContinuedAsTheSameRun(@TempDir Path folder) throws Exception {
    Setting.write(folder, Setting.ONE_METHOD);
    String[] run = with(KillIT.RUN, LOCAL);
    killInItsMiddle(folder, run);
    Workdir workdir = new Workdir(folder.resolve("twofold-work"));

    MlflowServer server = MlflowServer.of(home.cli(folder).run(run).expect(0));
    List<TrackedRun> runs = server.runs("one");
    assertThat(runs).extracting(TrackedRun::kind).containsExactlyInAnyOrder("trial", "summary");
    assertThat(runs).extracting(TrackedRun::status).containsOnly("FINISHED");
    assertThat(named(runs, "mtal · pair · 1").metrics())
        .containsEntry(
            "accuracy/grey", trained(workdir, "mtal").path("grey").path("accuracy").asDouble());
  }

  private static void killInItsMiddle(Path folder, String... run) throws Exception {
    Workdir workdir = new Workdir(folder.resolve("twofold-work"));
    Cli.Running running = home.cli(folder).start(run);
    running.awaitUntil("a training in its middle", () -> workdir.progress() > 0);
    ProcessHandle model = running.modelProcess().orElseThrow();
    running.kill();
    model.onExit().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
  }

  /** As of a night that was out of memory, before data or settings changed. */
  @Test
  void aKilledRunThatNobodyGoesOnWithIsEnded(@TempDir Path folder) throws Exception {
    Setting.write(folder, Setting.ONE_METHOD);
    String[] run = with(with(KillIT.RUN, LOCAL), "--set", "name=abandoned");
    killInItsMiddle(folder, run);

    String[] other = with(run, "--set", "seed=4");
    MlflowServer server;
    try (FileChannel held = FileChannel.open(onlyInvocation(folder), StandardOpenOption.READ)) {
      held.lock(0, Long.MAX_VALUE, true);
      server = MlflowServer.of(home.cli(folder).run(other).expect(0));
      assertThat(server.runs("abandoned"))
          .as("somebody is at work on them")
          .extracting(TrackedRun::status)
          .containsExactlyInAnyOrder("RUNNING", "RUNNING", "FINISHED", "FINISHED");
    }
    home.cli(folder).run(other).expect(0);
    assertThat(server.runs("abandoned"))
        .extracting(TrackedRun::kind, TrackedRun::status)
        .containsExactlyInAnyOrder(
            tuple("trial", "KILLED"),
            tuple("summary", "KILLED"),
            tuple("trial", "FINISHED"),
            tuple("summary", "FINISHED"));

    home.cli(folder).run(run).expect(0);
    assertThat(server.runs("abandoned"))
        .as("gone on with after all")
        .hasSize(4)
        .extracting(TrackedRun::status)
        .containsOnly("FINISHED");
  }

  private static Path onlyInvocation(Path folder) throws IOException {
    try (Stream<Path> locks = Files.list(folder.resolve("twofold-work/locks"))) {
      return locks
          .filter(lock -> lock.getFileName().toString().startsWith("invocation-"))
          .reduce((one, other) -> fail("two: %s and %s", one, other))
          .orElseThrow();
    }
  }

  /** As after a server that went away at the end of a night, and an exit code of 6. */
  @Test
  void aFreshAttemptSendsWhatTheLastOneOwes(@TempDir Path folder)
      throws IOException, InterruptedException {
    Setting.write(folder, Setting.ONE_METHOD);
    String[] run = with(with(KillIT.RUN, LOCAL), "--fresh", "--set", "name=nightly");
    MlflowServer server = MlflowServer.of(home.cli(folder).run(run).expect(0));
    List<TrackedRun> first = server.runs("nightly");
    assertThat(first).extracting(TrackedRun::kind).containsExactlyInAnyOrder("trial", "summary");
    for (TrackedRun told : first) {
      server.reopen(told);
    }
    assertThat(server.runs("nightly")).extracting(TrackedRun::status).containsOnly("RUNNING");
    forgetWhatIsSent(folder);

    Cli.Ended second = home.cli(folder).run(run).expect(0);
    assertThat(second.out()).contains("Fresh attempt 2 (", "1 trial: 0 reused, 1 to run.");
    List<TrackedRun> both = server.runs("nightly");
    assertThat(both).hasSize(4).extracting(TrackedRun::id).containsAll(ids(first));
    assertThat(both).extracting(TrackedRun::status).containsOnly("FINISHED");
  }

  private static List<String> ids(List<TrackedRun> runs) {
    return runs.stream().map(TrackedRun::id).toList();
  }

  private static void forgetWhatIsSent(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("twofold-work/tracking"))) {
      for (Path state : files.filter(file -> file.toString().endsWith(".json")).toList()) {
        Files.delete(state);
      }
    }
  }

  /** The logged model is TensorFlow's own format with MLflow's description beside it. */
  @Test
  void mlflowsOwnLoaderPredictsAsTwofoldDoes(@TempDir Path folder)
      throws IOException, InterruptedException {
    String python =
        Optional.ofNullable(System.getenv("TWOFOLD_TENSORFLOW_PYTHON")).orElse("python3");
    assumeThat(output(python, "-c", "import mlflow.pyfunc, tensorflow; print('both')"))
        .as("a Python that has mlflow, pandas and tensorflow (TWOFOLD_TENSORFLOW_PYTHON)")
        .isEqualTo("both");
    Setting.write(folder, Setting.ONE_METHOD);
    Cli cli = home.cli(folder);
    String[] run = with(KillIT.RUN, "--set", "name=loaded");
    MlflowServer server = MlflowServer.of(cli.run(with(run, LOCAL)).expect(0));
    ImageIO.write(
        new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("black.png").toFile());

    JsonNode loaded =
        new ObjectMapper()
            .readTree(
                output(
                    python,
                    Path.of("scripts", "load_model.py").toString(),
                    server.trackingUri(),
                    server.modelUri("loaded", "colour")));
    List<String> lines =
        cli.run("predict", "mtal/pair/1", "black.png", "--task", "colour", "--top", "3")
            .expect(0)
            .out()
            .lines()
            .skip(1)
            .toList();
    assertThat(lines).hasSize(loaded.path("classes").size());
    for (String line : lines) {
      String[] cells = line.split(",", -1);
      double theirs = Double.NaN;
      for (int c = 0; c < loaded.path("classes").size(); c++) {
        if (loaded.path("classes").path(c).asText().equals(cells[2])) {
          theirs = loaded.path("probabilities").path(0).path(c).asDouble();
        }
      }
      assertThat(Double.parseDouble(cells[3])).as(cells[2]).isCloseTo(theirs, within(1e-5));
    }
  }

  /** The last line that a command prints; empty when it cannot be run. */
  private static String output(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      List<String> lines;
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        lines = out.lines().toList();
      }
      process.waitFor();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "";
    }
  }

  private static TrackedRun named(List<TrackedRun> runs, String name) {
    return runs.stream().filter(run -> run.name().equals(name)).findFirst().orElseThrow();
  }

  /** The scores that the trainer wrote of a method's only unit. */
  private static JsonNode trained(Workdir workdir, String method) {
    return workdir.whole("train").stream()
        .filter(unit -> Workdir.inputs(unit).path("method").asText().equals(method))
        .map(unit -> Workdir.json(unit.resolve("result.json")).path("tasks"))
        .findFirst()
        .orElseThrow();
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }
}
