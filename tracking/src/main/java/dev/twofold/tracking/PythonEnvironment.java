package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
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
    delete(folder);
    Files.createDirectories(folder.getParent());
    checkSpace();
    progress.accept(
        "Installing MLflow %s into %s (once, about a minute and 850 MB)"
            .formatted(MLFLOW_VERSION, folder));
    makeEnvironment(base);
    install();
    Files.writeString(folder.resolve(MARKER), MLFLOW_VERSION + "\n");
    progress.accept("Installed MLflow " + MLFLOW_VERSION);
  }

  // ---- the interpreter that makes it

  private String basePython() {
    Optional<String> chosen = Pythons.chosen(environment);
    List<String> tooOld = new ArrayList<>();
    Optional<String> withoutVenv = Optional.empty();
    for (String candidate : Pythons.candidates(environment)) {
      Optional<int[]> version = versionOf(candidate);
      if (version.isPresent() && isRecent(version.get())) {
        if (hasVenv(candidate)) {
          return candidate;
        }
        withoutVenv = withoutVenv.or(() -> Optional.of(candidate));
        continue;
      }
      version.ifPresent(each -> tooOld.add("%s is %d.%d".formatted(candidate, each[0], each[1])));
    }
    if (withoutVenv.isPresent()) {
      return withoutVenv.get(); // whose venv says what it lacks
    }
    String remedy =
        "install Python 3.%d or newer, name one in %s, or set tracking.uri to a server or to offline"
            .formatted(Pythons.OLDEST_MINOR, Pythons.CHOICE);
    throw new TrackingRefusedException(
        tooOld.isEmpty()
            ? "Cannot install the local MLflow server: %s (%s)"
                .formatted(
                    chosen.map(each -> each + " does not run").orElse("no Python is on the PATH"),
                    remedy)
            : "Cannot install the local MLflow server: %s, which is too old (%s)"
                .formatted(String.join(", ", tooOld), remedy));
  }

  private static boolean isRecent(int[] version) {
    return version[0] == 3 && version[1] >= Pythons.OLDEST_MINOR;
  }

  private boolean hasVenv(String python) {
    try {
      return run(List.of(python, "-c", Pythons.VENV), line -> {}).exit() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<int[]> versionOf(String python) {
    try {
      Outcome outcome =
          run(
              List.of(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"),
              line -> {});
      Matcher version = VERSION.matcher(outcome.lastLine());
      return outcome.exit() == 0 && version.matches()
          ? Optional.of(
              new int[] {Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2))})
          : Optional.empty();
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
    Outcome outcome = run(List.of(base, "-m", "venv", folder.toString()), line -> {});
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
    Path list = folder.resolve("requirements.txt");
    Files.writeString(list, REQUIREMENTS);
    PipProgress pip = new PipProgress(progress);
    Outcome outcome =
        run(
            List.of(
                python().toString(),
                "-m",
                "pip",
                "install",
                "--no-input",
                "--disable-pip-version-check",
                "--progress-bar",
                "off",
                "-r",
                list.toString()),
            pip::line);
    if (outcome.exit() != 0) {
      throw new TrackingRefusedException(
          "Cannot install the local MLflow server: " + reasonOf(outcome));
    }
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

  private Outcome run(List<String> command, Consumer<String> eachLine) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    MISLEADING.forEach(builder.environment()::remove);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = process.inputReader(UTF_8)) {
      for (String line; (line = reader.readLine()) != null; ) {
        if (!line.isBlank()) {
          lines.add(line);
          eachLine.accept(line);
        }
      }
      return new Outcome(process.waitFor(), lines);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrackingRefusedException("Interrupted while installing the local MLflow server", e);
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  // ---- files

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
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
