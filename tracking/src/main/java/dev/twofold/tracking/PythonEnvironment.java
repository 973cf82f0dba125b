package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Python virtual environment with MLflow in it, every version pinned; made once, whole or not at
 * all.
 */
final class PythonEnvironment {
  /**
   * The list that the environment is made from, with the versions that resolve for each Python from
   * 3.10 on.
   */
  private static final String REQUIREMENTS = requirements();

  /** MLflow's version among them. */
  static final String MLFLOW_VERSION = pinned("mlflow");

  private static final long NEEDED_BYTES = 1_300_000_000L;
  private static final String MARKER = "whole";
  private static final String DISCARDED = "discarded-";
  private static final String INTERRUPTED = "Interrupted while installing the local MLflow server";

  private static final Pattern DOWNLOAD =
      Pattern.compile("\\s*(?:Downloading|Using cached) ([^\\s-]+)\\S*(?: \\((.+)\\))?");

  /** Variables that would make another interpreter's packages ours, or ours another's. */
  private static final List<String> MISLEADING =
      List.of(
          "PYTHONPATH",
          "PYTHONHOME",
          "PIP_USER",
          "PIP_TARGET",
          "PIP_PREFIX",
          "PIP_REQUIRE_VIRTUALENV",
          "VIRTUAL_ENV");

  private final Path folder;
  private final Map<String, String> environment;
  private final Consumer<String> progress;

  /**
   * @param parent holds one folder for each list of requirements
   */
  PythonEnvironment(Path parent, Map<String, String> environment, Consumer<String> progress) {
    this.folder =
        parent.resolve(
            "python-%s-%s"
                .formatted(
                    MLFLOW_VERSION, MlflowApi.uuidOf(REQUIREMENTS).toString().substring(0, 8)));
    this.environment = environment;
    this.progress = progress;
  }

  Path python() {
    return folder.resolve("bin").resolve("python");
  }

  boolean isWhole() {
    return Files.exists(folder.resolve(MARKER));
  }

  /** Installs what is missing; the caller holds the lock. */
  void ensure() throws IOException {
    if (isWhole()) {
      return;
    }
    String base = basePython();
    Files.createDirectories(folder.getParent());
    discardLeftovers();
    checkSpace();
    progress.accept(
        "Installing MLflow %s into %s (once, about a minute and 850 MB)"
            .formatted(MLFLOW_VERSION, folder));
    Files.createDirectories(scratch());
    makeEnvironment(base);
    install();
    deleteWhatGoes(scratch());
    Files.writeString(folder.resolve(MARKER), MLFLOW_VERSION + "\n");
    progress.accept("Installed MLflow " + MLFLOW_VERSION);
  }

  // ---- the interpreter that makes it

  private String basePython() {
    Pythons.Choice choice = Pythons.choose(environment, this::answer);
    // The venv of one that lacks it says what it lacks.
    return choice
        .best()
        .or(choice::withoutVenv)
        .map(Pythons.Python::path)
        .orElseThrow(() -> none(choice.tooOld()));
  }

  private TrackingRefusedException none(List<Pythons.Python> tooOld) {
    String remedy =
        "install Python 3.%d or newer, name one in %s, or set tracking.uri to a server or to offline"
            .formatted(Pythons.OLDEST_MINOR, Pythons.CHOICE);
    if (tooOld.isEmpty()) {
      return new TrackingRefusedException(
          "Cannot install the local MLflow server: %s (%s)"
              .formatted(
                  Pythons.chosen(environment)
                      .map(each -> each + " does not run")
                      .orElse("no Python is on the PATH"),
                  remedy));
    }
    return new TrackingRefusedException(
        "Cannot install the local MLflow server: %s, which is too old (%s)"
            .formatted(
                tooOld.stream()
                    .map(each -> "%s is %d.%d".formatted(each.path(), each.major(), each.minor()))
                    .collect(Collectors.joining(", ")),
                remedy));
  }

  private Optional<String> answer(String python, String program) {
    try {
      Outcome outcome = run(python, List.of("-c", program), line -> {});
      return outcome.exit() == 0 ? Optional.of(outcome.lastLine()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  // ---- making it

  private void checkSpace() throws IOException {
    long usable = Files.getFileStore(folder.getParent()).getUsableSpace();
    if (usable < NEEDED_BYTES) {
      throw new TrackingRefusedException(
          "Cannot install the local MLflow server: %s has %d MB free, and it needs %d MB (free some, or set %s to a folder on another disk)"
              .formatted(folder.getParent(), usable >> 20, NEEDED_BYTES >> 20, ManagedServer.HOME));
    }
  }

  private void makeEnvironment(String base) throws IOException {
    Outcome outcome = run(base, venv(), line -> {});
    if (outcome.exit() == 0) {
      return;
    }
    boolean noVenv = outcome.has("ensurepip") || outcome.has("No module named venv");
    throw new TrackingRefusedException(
        noVenv
            ? "Cannot install the local MLflow server: %s has no venv module (install the package python3-venv, or name another Python in %s)"
                .formatted(base, Pythons.CHOICE)
            : "Cannot install the local MLflow server: %s -m venv failed: %s"
                .formatted(base, outcome.lastLine()));
  }

  private void install() throws IOException {
    Files.writeString(list(), REQUIREMENTS);
    Outcome outcome = run(python().toString(), pip(), new PipProgress(progress)::line);
    if (outcome.exit() != 0) {
      throw new TrackingRefusedException(
          "Cannot install the local MLflow server: " + reasonOf(outcome));
    }
  }

  private Path list() {
    return folder.resolve("requirements.txt");
  }

  /** Where downloads lie until they are unpacked: they go with a half-made environment. */
  private Path scratch() {
    return folder.resolve("tmp");
  }

  private List<String> venv() {
    return List.of("-m", "venv", folder.toString());
  }

  private List<String> pip() {
    return List.of(
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        "-r",
        list().toString());
  }

  private static String reasonOf(Outcome outcome) {
    if (outcome.has("no space left")) {
      return "the disk is full (free 1.3 GB, or set %s to a folder on another disk)"
          .formatted(ManagedServer.HOME);
    }
    List<String> unreachable =
        List.of(
            "newconnectionerror",
            "max retries",
            "connection refused",
            "timed out",
            "name resolution",
            "proxyerror",
            "sslerror",
            "connection broken",
            "from versions: none");
    if (unreachable.stream().anyMatch(outcome::has)) {
      return "pip cannot reach its package index (check the network and pip's own settings, or set tracking.uri to a server or to offline)";
    }
    return "pip failed: %s (try again with another Python in %s, or set tracking.uri to a server or to offline)"
        .formatted(outcome.errorLine(), Pythons.CHOICE);
  }

  /** pip's hundreds of lines as about a dozen. */
  private static final class PipProgress {
    private static final int PACKAGES =
        (int) REQUIREMENTS.lines().map(line -> line.replaceAll("==.*", "")).distinct().count();
    private static final int EACH = 10;
    private final Consumer<String> progress;
    private int collected;

    PipProgress(Consumer<String> progress) {
      this.progress = progress;
    }

    void line(String line) {
      Matcher download = DOWNLOAD.matcher(line);
      if (line.startsWith("Collecting ") && ++collected % EACH == 0) {
        progress.accept("  %d of about %d packages".formatted(collected, PACKAGES));
      } else if (download.matches()
          && download.group(2) != null
          && download.group(2).contains("MB")
          && !line.contains(".metadata")) {
        progress.accept("  downloading %s (%s)".formatted(download.group(1), download.group(2)));
      } else if (line.startsWith("Installing collected packages")) {
        progress.accept("  unpacking (half a minute)");
      }
    }
  }

  // ---- processes

  private record Outcome(int exit, List<String> lines) {
    String lastLine() {
      return lines.isEmpty() ? "it said nothing" : Transport.brief(lines.get(lines.size() - 1));
    }

    String errorLine() {
      return lines.stream()
          .filter(line -> line.startsWith("ERROR"))
          .findFirst()
          .map(Transport::brief)
          .orElseGet(this::lastLine);
    }

    boolean has(String text) {
      String wanted = text.toLowerCase(Locale.ROOT);
      return lines.stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).contains(wanted));
    }
  }

  /** Ends its process when this virtual machine is asked to end, until it is closed. */
  private static final class Watch implements AutoCloseable {
    private final Thread hook;
    private volatile boolean ending;

    private Watch(Process process) {
      hook =
          new Thread(
              () -> {
                ending = true;
                end(process.toHandle());
              },
              "end-installation");
    }

    static Watch over(Process process) {
      Watch watch = new Watch(process);
      try {
        Runtime.getRuntime().addShutdownHook(watch.hook);
      } catch (IllegalStateException e) {
        throw new TrackingRefusedException(INTERRUPTED, e);
      }
      return watch;
    }

    void check() {
      if (ending) {
        throw new TrackingRefusedException(INTERRUPTED);
      }
    }

    @Override
    public void close() {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The virtual machine ends, and the hook with it.
      }
    }
  }

  private Outcome run(String python, List<String> arguments, Consumer<String> eachLine)
      throws IOException {
    List<String> command = new ArrayList<>(arguments);
    command.add(0, python);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    MISLEADING.forEach(builder.environment()::remove);
    builder.environment().put("TMPDIR", scratch().toString());
    Process process = builder.start();
    try (Watch watch = Watch.over(process);
        BufferedReader reader = process.inputReader(UTF_8)) {
      process.getOutputStream().close();
      List<String> lines = new ArrayList<>();
      for (String line; (line = reader.readLine()) != null; ) {
        if (!line.isBlank()) {
          lines.add(line);
          eachLine.accept(line);
        }
      }
      Outcome outcome = new Outcome(process.waitFor(), lines);
      watch.check();
      return outcome;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrackingRefusedException(INTERRUPTED, e);
    } finally {
      end(process.toHandle());
    }
  }

  /** Ends a process and all that it has started. */
  private static void end(ProcessHandle process) {
    if (!process.isAlive()) {
      return;
    }
    List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process)).toList();
    all.forEach(ProcessHandle::destroy);
    try {
      CompletableFuture.allOf(
              all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  // ---- what was not finished

  /**
   * Clears the way of what an interrupted installation has left. A file that appears in it
   * meanwhile keeps some of it from being deleted, which the next installation tries again.
   */
  private void discardLeftovers() throws IOException {
    endInstallers();
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(folder, folder.resolveSibling(DISCARDED + UUID.randomUUID()));
    }
    try (DirectoryStream<Path> discarded =
        Files.newDirectoryStream(folder.getParent(), DISCARDED + "*")) {
      discarded.forEach(PythonEnvironment::deleteWhatGoes);
    }
  }

  /** Whoever holds the lock installs: any other goes on for a command that was killed. */
  private void endInstallers() {
    List<String> installing =
        Stream.of(venv(), pip()).map(arguments -> " " + String.join(" ", arguments)).toList();
    ProcessHandle.allProcesses()
        .filter(
            process -> {
              String command = process.info().commandLine().orElse("");
              return installing.stream().anyMatch(command::endsWith);
            })
        .forEach(PythonEnvironment::end);
  }

  private static void deleteWhatGoes(Path tree) {
    try (Stream<Path> paths = Files.walk(tree)) {
      paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // It changes under the walk.
    }
  }

  private static String requirements() {
    try (InputStream in = PythonEnvironment.class.getResourceAsStream("requirements.txt")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the list of Python packages", e);
    }
  }

  private static String pinned(String name) {
    return REQUIREMENTS
        .lines()
        .filter(line -> line.startsWith(name + "=="))
        .map(line -> line.substring(name.length() + 2).strip())
        .collect(Collectors.joining());
  }
}
