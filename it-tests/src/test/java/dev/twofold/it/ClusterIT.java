package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.jupiter.api.io.TempDir;

/** The same pipeline on a session cluster that has nothing of the project installed. */
@EnabledIfEnvironmentVariable(
    named = FlinkCluster.JARS,
    matches = ".+",
    disabledReason = "TWOFOLD_FLINK_LIB names no folder with the jars of Flink's distribution")
final class ClusterIT {
  private static final int STEPS = 1500;
  private static final long FAREWELL_SECONDS = 20;

  @TempDir private static Path clusterFolder;
  private static FlinkCluster cluster;

  /** Flink says in its own logs why a job could not run. */
  @RegisterExtension
  private final TestWatcher logged =
      new TestWatcher() {
        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
          System.out.printf("%s failed; of the cluster's logs:%n", context.getDisplayName());
          cluster.logs().forEach(System.out::println);
        }
      };

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    cluster = new FlinkCluster(clusterFolder);
  }

  @AfterAll
  static void endCluster() throws InterruptedException {
    if (cluster != null) {
      cluster.end();
    }
  }

  /** Natives that a TaskManager loaded would abort it at the second job. */
  @Test
  void twoJobsComeToTheBitsOfEmbeddedFlink(@TempDir Path onCluster, @TempDir Path embedded)
      throws IOException, InterruptedException {
    Setting.write(onCluster);
    Setting.write(embedded);
    String[] first = {"run", Setting.CONFIGURATION, "--set", "repeats=1"};
    new Cli(embedded).run(first).expect(0);
    Cli.Ended ended = new Cli(onCluster).run(submitted(first)).expect(0);
    assertThat(ended.out()).contains("4 trials: 0 reused, 4 to run.");
    assertThat(workdir(onCluster).bits(0)).isEqualTo(workdir(embedded).bits(0)).isNotEmpty();

    ended = new Cli(onCluster).run(submitted("run", Setting.CONFIGURATION)).expect(0);
    assertThat(ended.out()).contains("8 trials: 4 reused, 4 to run.");

    String[] predict = {"predict", "mtal/pair/1", "data/grey", "--task", "grey", "--top", "2"};
    String predicted = new Cli(embedded).run(predict).expect(0).out();
    assertThat(predicted.lines().count()).isGreaterThan(10);
    ended = new Cli(onCluster).run(submitted(predict)).expect(0);
    assertThat(ended.out().replace(onCluster + "/", ""))
        .as("a cluster's paths are absolute")
        .isEqualTo(predicted);
    assertThat(unpacked()).as("three jobs' jars bring the same natives").hasSize(1);
  }

  private static List<Path> unpacked() throws IOException {
    try (Stream<Path> files = Files.walk(cluster.home())) {
      return files.filter(file -> file.endsWith("libtensorflow_cc.so.2")).toList();
    }
  }

  @Test
  void whatCannotBePredictedIsNamed(@TempDir Path folder) throws IOException, InterruptedException {
    Setting.write(folder, Setting.ONE_METHOD);
    new Cli(folder).run(submitted("run", Setting.CONFIGURATION)).expect(0);
    Files.createDirectories(folder.resolve("empty"));
    Cli.Ended ended =
        new Cli(folder)
            .run(submitted("predict", "mtal/pair/1", "empty", "--task", "grey"))
            .expect(3);
    assertThat(ended.err()).contains("Cannot predict: there is no image in empty (must be ");

    Files.writeString(folder.resolve("broken.zip"), "PK, and no zip at all");
    ended =
        new Cli(folder)
            .run(submitted("predict", "mtal/pair/1", "broken.zip", "--task", "grey"))
            .expect(3);
    assertThat(ended.err()).contains("broken.zip");
  }

  /** Beam tells that a submitted job failed, not why. */
  @Test
  void aJobsFailureIsNamed(@TempDir Path folder) throws IOException, InterruptedException {
    Setting.write(folder, Setting.ONE_METHOD);
    Pictures.spoil(folder.resolve("data/colour"), 6, "b", "c", "h");
    Cli.Ended ended = new Cli(folder).run(submitted("run", Setting.CONFIGURATION)).expect(3);
    assertThat(ended.err()).contains("dataset colour", "18 of its 60", "maxDeadLetters");
  }

  /** At the moment at which the cluster has the job, and the client may not know it yet. */
  @Test
  void anInterruptLeavesNoJob(@TempDir Path folder) throws IOException, InterruptedException {
    Setting.write(folder, Setting.ONE_METHOD);
    String[] run = {"run", Setting.CONFIGURATION, "--set", "training.steps=" + STEPS};
    Cli.Running running = new Cli(folder).start(submitted(run));
    running.awaitUntil("the job", () -> cluster.running() > 0);
    running.interrupt();
    Cli.Ended ended = running.await().expect(130);
    assertThat(ended.out()).contains("Interrupted. The same command goes on from here.");
    assertThat(ended.err()).doesNotContain("Cannot cancel");
    assertThat(cluster.running()).as("jobs that are left").isZero();
  }

  @Test
  void aLostTaskManagerLeavesNoModelProcessAndTheSameCommandGoesOn(
      @TempDir Path folder, @TempDir Path undisturbed) throws Exception {
    String[] run = {"run", Setting.CONFIGURATION, "--set", "training.steps=" + STEPS};
    Setting.write(undisturbed, Setting.ONE_METHOD);
    new Cli(undisturbed).run(run).expect(0);

    Setting.write(folder, Setting.ONE_METHOD);
    cluster.startTaskManager();
    Cli.Running running = new Cli(folder).start(submitted(run));
    running.awaitUntil("a training in its middle", () -> workdir(folder).progress() > 0);
    Process worker = holder();
    ProcessHandle model = modelProcess(worker);
    worker.destroyForcibly();
    model.onExit().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
    Cli.Ended ended = running.await().expect(1);
    assertThat(ended.out() + ended.err()).contains("the pipeline failed");

    new Cli(folder).run(submitted(run)).expect(0);
    assertThat(workdir(folder).bits(0)).isEqualTo(workdir(undisturbed).bits(0)).isNotEmpty();
  }

  /** The TaskManager whose slot trains. */
  private static Process holder() {
    return List.of(cluster.taskManager(0), cluster.taskManager(1)).stream()
        .filter(process -> process.descendants().findAny().isPresent())
        .findFirst()
        .orElseThrow();
  }

  private static ProcessHandle modelProcess(Process worker) {
    return worker
        .descendants()
        .filter(child -> child.info().commandLine().orElse("").contains(".ModelProcess "))
        .findFirst()
        .orElseThrow();
  }

  private static String[] submitted(String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--flink", cluster.address()));
    return arguments.toArray(String[]::new);
  }

  private static Workdir workdir(Path folder) {
    return new Workdir(folder.resolve("twofold-work"));
  }
}
