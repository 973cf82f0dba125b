package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The command line that users have: the whole jar, in a process of its own. */
final class Cli {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Path JAR = Path.of(System.getProperty("twofold.jar")).normalize();

  /** Of a process or a condition, on a machine that does something else as well. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final Duration POLL = Duration.ofMillis(50);

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();
  private int started;

  /**
   * Commands that run in a folder.
   *
   * @param folder current directory of the processes; their output goes to its {@code output/}
   */
  Cli(Path folder) {
    this.folder = folder;
  }

  Cli with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** How a command ended. */
  record Ended(int code, String out, String err) {

    /** Fails with all that the command said, unless it ended like this. */
    Ended expect(int expected) {
      assertThat(code).as("exit code of%n%s%n%s", out, err).isEqualTo(expected);
      return this;
    }

    /** The rest of the line that begins like this. */
    String after(String beginning) {
      return out.lines()
          .filter(line -> line.startsWith(beginning))
          .map(line -> line.substring(beginning.length()))
          .findFirst()
          .orElseThrow(
              () -> new AssertionError("No line \"%s…\" in%n%s".formatted(beginning, out)));
    }
  }

  /** Runs a command to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).await();
  }

  /** Runs a command to its end, its standard output to this file; {@link Ended#out} is empty. */
  Ended runInto(String file, String... arguments) throws IOException, InterruptedException {
    return start(Path.of(file), arguments).await();
  }

  /** Starts a command. */
  Running start(String... arguments) throws IOException, InterruptedException {
    return start(folder.resolve("output").resolve(started + 1 + ".out"), arguments);
  }

  private Running start(Path out, String... arguments) throws IOException, InterruptedException {
    Path output = Files.createDirectories(folder.resolve("output"));
    started++;
    Path err = output.resolve(started + ".err");
    List<String> command = new ArrayList<>(signalled());
    command.addAll(List.of(JAVA.toString(), "-Xmx1g", "-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("DISPLAY", ":77"); // which does not answer
    builder.environment().putAll(environment);
    Process process = builder.start();
    return new Running(process, Files.isRegularFile(out) ? out : Path.of("/dev/null"), err);
  }

  /** A build in the background ignores Ctrl-C, and its children inherit that. */
  private static List<String> signalled() throws IOException, InterruptedException {
    List<String> prefix = List.of("env", "--default-signal=INT");
    List<String> probe = new ArrayList<>(prefix);
    probe.add("true");
    Process process = new ProcessBuilder(probe).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0 ? prefix : List.of();
  }

  /** A command that runs. */
  record Running(Process process, Path out, Path err) {

    Ended await() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        kill();
        throw new AssertionError("The command does not end:\n" + said());
      }
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    String said() throws IOException {
      return Files.readString(out) + Files.readString(err);
    }

    /** Its folders in java.io.tmpdir, in which Flink writes. */
    List<String> flinkFolders() {
      String prefix = "twofold-flink-%d-".formatted(process.pid());
      String[] names = new File(System.getProperty("java.io.tmpdir")).list();
      return Stream.of(names).filter(name -> name.startsWith(prefix)).toList();
    }

    /** The process in which it trains or evaluates, where there is one. */
    Optional<ProcessHandle> modelProcess() {
      return process
          .descendants()
          .filter(child -> child.info().commandLine().orElse("").contains(".ModelProcess "))
          .findFirst();
    }

    /** Waits for something that the command is to bring about. */
    void awaitUntil(String what, BooleanSupplier condition)
        throws IOException, InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("Not seen: " + what + "\n" + said());
        }
        Thread.sleep(POLL.toMillis());
      }
    }

    /** As the kernel does when memory runs out. */
    void kill() {
      process.destroyForcibly().onExit().join();
    }

    /** As Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }
  }
}
