package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installed by a script in Python's place, which takes as long as a test wants. */
class PythonEnvironmentTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Installs nothing, at once where there is a file {@code quick}, else for long. */
  private static final String PYTHON =
      """
      cd '%s'
      case $2 in
        venv)
          mkdir -p "$3/bin"
          cp "$0" "$3/bin/python"
          ;;
        pip)
          [ -e quick ] && exit
          touch "$TMPDIR/download"
          sleep 300 &
          echo "$$ $!" >installing.new
          mv installing.new installing
          wait
          ;;
        *) echo 3.11 ;;
      esac
      """;

  @TempDir private Path home;
  private Path python;

  /** Installs below its first argument with the Python that its second one names. */
  static final class Command {
    private Command() {}

    public static void main(String[] arguments) throws IOException {
      environment(Path.of(arguments[0]), Map.of("TWOFOLD_PYTHON", arguments[1])).ensure();
    }
  }

  @BeforeEach
  void aPython() throws IOException {
    python = script("a python", PYTHON.formatted(home));
  }

  @Test
  void anInstallationEndsWithItsCommand() throws Exception {
    Process command = start();
    List<ProcessHandle> installing = awaitInstalling(command);
    command.destroy();

    assertThat(command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(command.exitValue()).as("SIGTERM").isEqualTo(143);
    assertThat(installing).hasSize(2).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void whatAKilledCommandHasLeftIsEndedAndClearedAway() throws Exception {
    Path earlier = pythons().resolve("discarded-earlier/bin");
    Files.createDirectories(earlier);
    Files.createFile(earlier.resolve("python"));
    Process command = start();
    List<ProcessHandle> installing = awaitInstalling(command);
    Processes.killOnly(command.pid());
    assertThat(installing).hasSize(2).allMatch(ProcessHandle::isAlive);
    Files.createFile(home.resolve("quick"));

    PythonEnvironment environment =
        environment(pythons(), Map.of("TWOFOLD_PYTHON", python.toString()));
    environment.ensure();

    assertThat(environment.isWhole()).isTrue();
    assertThat(installing).noneMatch(ProcessHandle::isAlive);
    Path folder = environment.python().getParent().getParent();
    assertThat(list(pythons())).as("environments").containsExactly(folder);
    assertThat(list(folder).map(Path::getFileName).map(Path::toString))
        .containsExactlyInAnyOrder("bin", "requirements.txt", "whole");
  }

  @Test
  void prefersAPythonThatIsTriedToANewerOne() throws Exception {
    pythonOf("python3", "3.14");
    Path tried = pythonOf("python3.12", "3.12");
    assertThatThrownBy(this::ensureByPath).hasMessageEndingWith("made by " + tried);
  }

  @Test
  void takesANewerPythonWhereThereIsNoOther() throws Exception {
    pythonOf("python3", "3.9");
    Path newer = pythonOf("python3.14", "3.14");
    assertThatThrownBy(this::ensureByPath).hasMessageEndingWith("made by " + newer);
  }

  private void ensureByPath() throws IOException {
    environment(pythons(), Map.of("PATH", home.resolve("path").toString())).ensure();
  }

  private Path pythonOf(String name, String version) throws IOException {
    return script(
        "path/" + name,
        "[ $1 = -c ] && { echo %s; exit; }; echo made by $0; exit 1".formatted(version));
  }

  private Path script(String name, String body) throws IOException {
    Path script = home.resolve(name);
    Files.createDirectories(script.getParent());
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static PythonEnvironment environment(Path pythons, Map<String, String> environment) {
    return new PythonEnvironment(pythons, environment, line -> {});
  }

  private Path pythons() {
    return home.resolve("the pythons");
  }

  private static Stream<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Command.class.getName(),
            pythons().toString(),
            python.toString())
        .inheritIO()
        .start();
  }

  /** The installer, and what it has started. */
  private List<ProcessHandle> awaitInstalling(Process command) throws Exception {
    Path file = home.resolve("installing");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(file)) {
      assertThat(command.isAlive() && System.nanoTime() < deadline).as("it installs").isTrue();
      Thread.sleep(20);
    }
    return Stream.of(Files.readString(file).strip().split(" ", -1))
        .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
        .toList();
  }
}
