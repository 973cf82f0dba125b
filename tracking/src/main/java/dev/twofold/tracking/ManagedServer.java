package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The MLflow server on this machine that is ours: installed and started when needed, and left
 * running.
 *
 * <p>It answers on loopback, keeps its runs in {@code <home>/mlflow}, and outlives whoever started
 * it. A server is taken for ours only when it shows the identity that lies in that folder: whatever
 * else answers on its port is left alone.
 */
public final class ManagedServer {
  /** The variable that names another home than {@code ~/.twofold}. */
  public static final String HOME = "TWOFOLD_HOME";

  /** The variable that names another port to try first; the server takes the next free one. */
  public static final String PORT = "TWOFOLD_MLFLOW_PORT";

  private static final int DEFAULT_PORT = 5151;
  private static final int PORTS_TRIED = 50;
  private static final int LAST_PORT = 65535;
  private static final String HELD = "server.lock";
  private static final String IDENTITY_TAG = "twofold.server";
  private static final String DEFAULT_EXPERIMENT = "0";
  private static final Duration STARTING = Duration.ofMinutes(2);

  /** Of a large database, which MLflow brings to its version before it answers. */
  private static final Duration MIGRATING = Duration.ofMinutes(30);

  private static final Duration ANSWERING = Duration.ofMinutes(1);
  private static final Duration STOPPING = Duration.ofSeconds(15);
  private static final long LARGE_LOG = 10 << 20;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /**
   * Its own session, so that neither Ctrl-C nor the end of the terminal reaches it; setsid(1) is
   * not everywhere, Python is. As long as it runs it holds a lock on {@link #HELD}, which other
   * machines see.
   */
  private static final String DETACHED =
      """
      import fcntl, os, sys
      os.setsid()
      try:
          held = os.open('%s', os.O_RDWR | os.O_CREAT, 0o600)
          fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
          os.set_inheritable(held, True)
      except OSError:
          pass
      os.execv(sys.argv[1], sys.argv[1:])
      """
          .formatted(HELD);

  private final Path folder;
  private final Map<String, String> environment;
  private final Consumer<String> progress;
  private final PythonEnvironment python;

  /**
   * A server that answers.
   *
   * @param pid of the process that leads it
   * @param host the machine or container that it runs on
   */
  public record Running(URI uri, int port, long pid, Instant started, String version, String host) {

    boolean isHere() {
      return host.equals(thisHost());
    }
  }

  private ManagedServer(
      Path folder, Path pythons, Map<String, String> environment, Consumer<String> progress) {
    this.folder = folder;
    this.environment = environment;
    this.progress = progress;
    this.python = new PythonEnvironment(pythons, environment, progress);
  }

  /** The server of this user, below {@link #home}. */
  public static ManagedServer of(Map<String, String> environment, Consumer<String> progress) {
    Path folder = home(environment).resolve("mlflow");
    return new ManagedServer(folder, folder, environment, progress);
  }

  /** A server in another folder that shares the Python environment below {@code pythons}. */
  static ManagedServer in(
      Path folder, Path pythons, Map<String, String> environment, Consumer<String> progress) {
    return new ManagedServer(folder, pythons, environment, progress);
  }

  /** What all runs of a user share: {@code TWOFOLD_HOME} or {@code ~/.twofold}. */
  public static Path home(Map<String, String> environment) {
    String home = environment.getOrDefault(HOME, "");
    return home.isBlank()
        ? Path.of(System.getProperty("user.home"), ".twofold")
        : Path.of(home).toAbsolutePath();
  }

  /**
   * The running server, started if there is none, on the port it had last or the first free one
   * from the preferred on.
   */
  public Running start() {
    return start(OptionalInt.empty());
  }

  /** As {@link #start()}, but on this port or not at all. */
  public Running startOn(int port) {
    return start(OptionalInt.of(port));
  }

  private Running start(OptionalInt port) {
    return locked(
        () -> {
          requireHere();
          Optional<Running> running = verified();
          if (running.isPresent() && !isOlder(running.get().version())) {
            requirePort(running.get(), port);
            return running.get();
          }
          python.ensure();
          end();
          copyBeforeMigration();
          return launch(port);
        });
  }

  /**
   * Two servers on one database would spoil it, and the other one's processes are not seen here.
   */
  private void requireHere() throws IOException {
    Optional<Running> state = read();
    if (state.isPresent() && !state.get().isHere() && isHeld()) {
      throw new TrackingRefusedException(
          "The local MLflow server in %s runs on %s, and can be reached and ended there alone (set %s to a folder of this machine's own, or tracking.uri to a server for all machines)"
              .formatted(folder, state.get().host(), HOME));
    }
  }

  private boolean isHeld() throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(HELD), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    }
  }

  private static String thisHost() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  private static void requirePort(Running running, OptionalInt port) {
    if (port.isPresent() && port.getAsInt() != running.port()) {
      throw new TrackingRefusedException(
          "Cannot start the local MLflow server on port %d: it runs on port %d (end it first with `twofold ui --stop`)"
              .formatted(port.getAsInt(), running.port()));
    }
  }

  /** The server, if it runs and is ours. */
  public Optional<Running> status() {
    return Files.exists(stateFile()) ? read().filter(this::isOurs) : Optional.empty();
  }

  /** Ends the server; false when none was running. */
  public boolean stop() {
    return Files.exists(stateFile())
        && locked(
            () -> {
              requireHere();
              return end();
            });
  }

  /** What tells this server's runs from those of any other. */
  String identity() {
    return locked(this::readIdentity);
  }

  /** Where it says what it does. */
  public Path logFile() {
    return folder.resolve("server.log");
  }

  // ---- starting

  private Running launch(OptionalInt fixed) throws IOException {
    if (fixed.isPresent() && !isFree(fixed.getAsInt())) {
      throw new TrackingRefusedException(
          "Cannot start the local MLflow server: port %d is taken by another program (choose another with --port or %s)"
              .formatted(fixed.getAsInt(), PORT));
    }
    int first = fixed.orElseGet(this::preferredPort);
    int[] ports =
        fixed.isPresent()
            ? new int[] {first}
            : IntStream.rangeClosed(first, Math.min(first + PORTS_TRIED - 1, LAST_PORT)).toArray();
    for (int port : ports) {
      if (isFree(port)) {
        Optional<Running> running = launchOn(port);
        if (running.isPresent()) {
          return running.get();
        }
      }
    }
    throw new TrackingRefusedException(
        "Cannot start the local MLflow server: no port from %d to %d is free (choose another with --port or %s)"
            .formatted(first, first + ports.length - 1, PORT));
  }

  /**
   * The port that it takes where that is free: the one that {@link #PORT} names, or that it had
   * last.
   *
   * @throws TrackingRefusedException when the variable names none
   */
  public int preferredPort() {
    String preferred = environment.getOrDefault(PORT, "");
    if (preferred.isBlank()) {
      return lastPort().orElse(DEFAULT_PORT);
    }
    int port = preferred.matches("\\d{1,5}") ? Integer.parseInt(preferred) : 0;
    if (port < 1 || port > LAST_PORT) {
      throw new TrackingRefusedException(
          "Invalid %s: %s (must be from 1 to %d)".formatted(PORT, preferred, LAST_PORT));
    }
    return port;
  }

  /** Empty where another program took the port in the meantime. */
  private Optional<Running> launchOn(int port) throws IOException {
    progress.accept(
        "Starting MLflow %s on port %d".formatted(PythonEnvironment.MLFLOW_VERSION, port));
    rotateLog();
    long logStart = Files.exists(logFile()) ? Files.size(logFile()) : 0;
    Process process = process(port).start();
    Running started =
        new Running(
            URI.create("http://127.0.0.1:" + port),
            port,
            process.pid(),
            process.info().startInstant().orElseGet(Instant::now),
            PythonEnvironment.MLFLOW_VERSION,
            thisHost());
    write(started);
    try {
      if (!awaitServing(process, port, logStart)) {
        endGroup(started);
        return Optional.empty();
      }
      showIdentity(started);
    } catch (RuntimeException e) {
      endGroup(started);
      throw e;
    }
    Files.writeString(versionFile(), started.version() + "\n");
    progress.accept("MLflow serves " + started.uri());
    return Optional.of(started);
  }

  /** Its worker opens the database at the first request, which takes a while on a busy machine. */
  private void showIdentity(Running started) throws IOException {
    long deadline = System.nanoTime() + STARTING.toNanos();
    while (true) {
      try {
        api(started).ensureExperimentTag(DEFAULT_EXPERIMENT, IDENTITY_TAG, readIdentity());
        return;
      } catch (ServerAwayException e) {
        if (System.nanoTime() > deadline) {
          throw unable(e);
        }
        pause();
      } catch (ServerRefusedException e) {
        throw unable(e);
      }
    }
  }

  private TrackingRefusedException unable(RuntimeException e) {
    return new TrackingRefusedException(
        "Cannot start the local MLflow server: %s (see %s)".formatted(e.getMessage(), logFile()),
        e);
  }

  private ProcessBuilder process(int port) throws IOException {
    String interpreter = python.python().toString();
    Path artifacts = Files.createDirectories(folder.resolve("artifacts"));
    ProcessBuilder builder =
        new ProcessBuilder(
            interpreter,
            "-c",
            DETACHED,
            interpreter,
            "-m",
            "mlflow",
            "server",
            "--backend-store-uri",
            "sqlite:///" + database(),
            "--artifacts-destination",
            artifacts.toString(),
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--workers",
            "1");
    builder.directory(folder.toFile());
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(Redirect.appendTo(logFile().toFile()));
    builder.redirectErrorStream(true);
    builder.environment().clear();
    environment.forEach(
        (name, value) -> {
          if (!name.startsWith("MLFLOW_") && !name.startsWith("PYTHON")) {
            builder.environment().put(name, value);
          }
        });
    builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
    builder.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    return builder;
  }

  /**
   * That something answers on the port proves nothing: the server's own log says when it holds it.
   */
  private boolean awaitServing(Process process, int port, long logStart) throws IOException {
    Duration patience = isUpToDate() ? STARTING : MIGRATING;
    long deadline = System.nanoTime() + patience.toNanos();
    String serving = "running on http://127.0.0.1:" + port;
    while (System.nanoTime() < deadline) {
      String log = logFrom(logStart);
      if (log.contains(serving)) {
        return true;
      }
      if (log.contains("ddress already in use")) {
        return false;
      }
      if (!process.isAlive()) {
        throw new TrackingRefusedException(
            "Cannot start the local MLflow server: " + reasonIn(log));
      }
      pause();
    }
    throw new TrackingRefusedException(
        "Cannot start the local MLflow server: it does not answer after %d s (see %s)"
            .formatted(patience.toSeconds(), logFile()));
  }

  private String reasonIn(String log) {
    if (log.contains("out-of-date database schema") || log.contains("Can't locate revision")) {
      return "%s was written by a newer version (update Twofold, or set %s to another folder)"
          .formatted(database(), HOME);
    }
    if (log.contains("No space left") || log.contains("disk is full")) {
      return "the disk is full (free some, or set %s to a folder on another disk)".formatted(HOME);
    }
    String last =
        log.lines().filter(line -> !line.isBlank()).reduce((a, b) -> b).orElse("it said nothing");
    return "%s (see %s)".formatted(Transport.brief(last), logFile());
  }

  /** A newer MLflow migrates the file in place and without asking. */
  private void copyBeforeMigration() throws IOException {
    if (!isUpToDate()) {
      String last = Files.readString(versionFile()).strip();
      Path copy = folder.resolve("mlflow-before-%s.db".formatted(PythonEnvironment.MLFLOW_VERSION));
      if (Files.exists(copy)) { // a migration that was cut off may have spoiled the database since
        return;
      }
      Path whole = folder.resolve("mlflow-before.new");
      Files.copy(database(), whole, StandardCopyOption.REPLACE_EXISTING);
      Files.move(whole, copy, StandardCopyOption.ATOMIC_MOVE);
      progress.accept("Copied the runs of MLflow %s to %s".formatted(last, copy));
    }
  }

  /** Whether the version that is started now has written the database last, or there is none. */
  private boolean isUpToDate() throws IOException {
    return !Files.exists(database())
        || !Files.exists(versionFile())
        || Files.readString(versionFile()).strip().equals(PythonEnvironment.MLFLOW_VERSION);
  }

  // ---- whether it is ours

  /** Our server if it serves; waits for one that is alive and slow, or still starting. */
  private Optional<Running> verified() {
    Optional<Running> state = read();
    if (state.isEmpty()) {
      return Optional.empty();
    }
    long deadline = System.nanoTime() + ANSWERING.toNanos();
    while (!isOurs(state.get())) {
      if (!isAlive(state.get()) || isAnsweredByAnother(state.get())) {
        return Optional.empty();
      }
      if (System.nanoTime() > deadline) {
        progress.accept("The local MLflow server does not answer: starting it anew");
        return Optional.empty();
      }
      pause();
    }
    // A worker that outlived its parent serves as well, but nothing would restart it.
    return isAlive(state.get()) ? state : Optional.empty();
  }

  private boolean isOurs(Running running) {
    try {
      return api(running)
          .experimentTag(DEFAULT_EXPERIMENT, IDENTITY_TAG)
          .equals(Optional.of(readIdentity()));
    } catch (ServerAwayException | ServerRefusedException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the server's identity in " + folder, e);
    }
  }

  private boolean isAnsweredByAnother(Running running) {
    try {
      api(running).check();
      return !isOurs(running);
    } catch (ServerRefusedException e) {
      return true;
    } catch (ServerAwayException e) {
      return false;
    }
  }

  /** The process that was started, and not another one with its number. */
  private static boolean isAlive(Running running) {
    if (!running.isHere()) {
      return false;
    }
    return ProcessHandle.of(running.pid())
        .filter(ProcessHandle::isAlive)
        .flatMap(process -> process.info().startInstant())
        .map(instant -> Duration.between(instant, running.started()).abs().toSeconds() < 2)
        .orElse(false);
  }

  private static MlflowApi api(Running running) {
    return new MlflowApi(running.uri(), Transport.impatient(running.uri()));
  }

  private static boolean isOlder(String version) {
    int[] theirs = numbers(version);
    int[] ours = numbers(PythonEnvironment.MLFLOW_VERSION);
    for (int i = 0; i < Math.min(theirs.length, ours.length); i++) {
      if (theirs[i] != ours[i]) {
        return theirs[i] < ours[i];
      }
    }
    return false;
  }

  private static int[] numbers(String version) {
    return Pattern.compile("\\D+")
        .splitAsStream(version)
        .filter(part -> !part.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  // ---- stopping

  /**
   * Ends what is ours of the recorded server, the leading process and a worker that outlived it.
   */
  private boolean end() throws IOException {
    Optional<Running> state = read();
    boolean was =
        state.isPresent() && state.get().isHere() && (isAlive(state.get()) || isOurs(state.get()));
    if (was) {
      endGroup(state.get());
    }
    if (state.isPresent()) {
      rememberPort(state.get().port());
      Files.deleteIfExists(stateFile());
    }
    return was;
  }

  /** All processes of the session that was started for the server: its number is the leader's. */
  private static void endGroup(Running running) throws IOException {
    signal("TERM", running.pid());
    if (!isGoneWithin(STOPPING, running.pid())) {
      signal("KILL", running.pid());
      isGoneWithin(STOPPING, running.pid());
    }
  }

  private static boolean isGoneWithin(Duration patience, long group) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (signal("0", group)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  /** Whether the group had a process to take the signal. */
  private static boolean signal(String name, long group) throws IOException {
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -s %s -- -%d".formatted(name, group))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    try {
      return kill.waitFor(5, TimeUnit.SECONDS) && kill.exitValue() == 0;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  // ---- files

  private Path database() {
    return folder.toAbsolutePath().resolve("mlflow.db");
  }

  private Path versionFile() {
    return folder.resolve("version");
  }

  private Path stateFile() {
    return folder.resolve("server.json");
  }

  private void write(Running running) throws IOException {
    Path temporary = folder.resolve("server.json.new");
    Files.writeString(
        temporary,
        Transport.JSON
            .createObjectNode()
            .put("pid", running.pid())
            .put("started", running.started().toString())
            .put("port", running.port())
            .put("uri", running.uri().toString())
            .put("version", running.version())
            .put("host", running.host())
            .toString());
    Files.move(
        temporary,
        stateFile(),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private Optional<Running> read() {
    try {
      JsonNode json = Transport.JSON.readTree(Files.readAllBytes(stateFile()));
      return Optional.of(
          new Running(
              URI.create(json.path("uri").asText()),
              json.path("port").asInt(),
              json.path("pid").asLong(),
              Instant.parse(json.path("started").asText()),
              json.path("version").asText(),
              json.path("host").asText(thisHost())));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private OptionalInt lastPort() {
    try {
      return OptionalInt.of(Integer.parseInt(Files.readString(folder.resolve("port")).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private void rememberPort(int port) throws IOException {
    Files.writeString(folder.resolve("port"), port + "\n");
  }

  private String readIdentity() throws IOException {
    return Identity.in(folder.resolve("identity"));
  }

  private void rotateLog() throws IOException {
    if (Files.exists(logFile()) && Files.size(logFile()) > LARGE_LOG) {
      Files.move(logFile(), folder.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private String logFrom(long offset) throws IOException {
    if (!Files.exists(logFile())) {
      return "";
    }
    try (var in = Files.newInputStream(logFile())) {
      in.skipNBytes(offset);
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  // ---- one at a time

  private interface Action<T> {
    T run() throws IOException;
  }

  /**
   * Alone on this machine: a lock among processes, and within this one a monitor, for a file lock
   * is the process's.
   */
  private <T> T locked(Action<T> action) {
    synchronized (ManagedServer.class) {
      try {
        Files.createDirectories(folder);
        try (FileChannel channel =
                FileChannel.open(
                    folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lock(channel)) {
          return lock.isValid() ? action.run() : null;
        }
      } catch (IOException e) {
        throw new TrackingRefusedException(
            "Cannot keep the local MLflow server in %s: %s (set %s to a folder that can be written)"
                .formatted(folder, reason(e), HOME),
            e);
      }
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is not there, and cannot be made";
    }
    if (e instanceof AccessDeniedException denied) {
      return "no permission to read or write " + denied.getFile();
    }
    if (e instanceof FileAlreadyExistsException taken) {
      return taken.getFile() + " is a file (must be a folder)";
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private FileLock lock(FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      progress.accept("Waiting for another process that starts or stops the local MLflow server");
    }
    while (lock == null) {
      pause();
      lock = channel.tryLock();
    }
    return lock;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(150);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static TrackingRefusedException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new TrackingRefusedException("Interrupted while starting the local MLflow server", e);
  }
}
