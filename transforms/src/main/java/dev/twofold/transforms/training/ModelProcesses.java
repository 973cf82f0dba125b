package dev.twofold.transforms.training;

import com.sun.management.OperatingSystemMXBean;
import dev.twofold.models.losses.Losses;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;

/** Starts model processes and waits for them. */
public final class ModelProcesses {
  static final String REASON = "twofold: ";

  /**
   * A cancelled child has this long to save its checkpoint, which it does after the step or the
   * test pass that it is at. Flink gives a task 180 s (task.cancellation.timeout), and then takes
   * the whole TaskManager down.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  /** A process that was killed is gone in no time, unless the kernel itself hangs. */
  private static final Duration PATIENCE_WHEN_KILLED = Duration.ofSeconds(10);

  /** That the driver is asked which GPUs there are. */
  private static final int TRIES = 3;

  /** What keeps a process from being started, such as a full memory, may pass. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int LOG_TAIL = 16_000;

  /** A process that SIGKILL ended. */
  private static final int KILLED = 128 + 9;

  /**
   * Of a process that no configuration says it of. Within one call of native code a process is
   * silent: a step, a batch of test images, a file. The longest known is the first step on a GPU
   * that TensorFlow has to compile its kernels for, of half an hour.
   */
  public static final Duration MAX_SILENCE = Duration.ofHours(1);

  /** A process that could not be run: as of a worker fault, which is tried again. */
  private static final int NOT_RUN = 1;

  /** Options of this virtual machine, which may be a debugger's, and logins. */
  private static final Set<String> NOT_INHERITED =
      Set.of(
          "_JAVA_OPTIONS",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "MLFLOW_TRACKING_USERNAME",
          "MLFLOW_TRACKING_PASSWORD",
          "MLFLOW_TRACKING_TOKEN");

  /** Of this virtual machine. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private static volatile boolean cancelled;

  private ModelProcesses() {}

  /** Asks every process of this virtual machine to save and end, and starts none from here on. */
  public static void cancelAll() {
    cancelled = true;
    for (Process process : RUNNING) {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        process.destroyForcibly();
      }
    }
  }

  /**
   * How a process ended.
   *
   * @param code its exit code
   * @param reason what it said of it
   */
  public record Ending(int code, String reason) {
    public static final Ending DONE = new Ending(0, "");
  }

  /**
   * Runs a request in a process of its own and waits for its end. One that cannot be started has an
   * ending too, since another time it may.
   *
   * @param folder for request.json and process.log, which every attempt appends to
   * @param devices that it may run on; a GPU is leased for the time of the process
   * @param maxSilence after which it is taken to hang, and killed
   * @throws IllegalArgumentException when this host lacks the devices, or does not say which it has
   * @throws InterruptedException when cancelled; the process has ended then
   */
  public static Ending run(
      ModelRequest request, Path folder, DeviceChoice devices, Duration maxSilence)
      throws IOException, InterruptedException {
    try (Devices.Lease device = lease(devices)) {
      return run(request, folder, device, maxSilence);
    }
  }

  /**
   * A driver that does not answer may do so later; one that never does ends the job, not a unit.
   */
  private static Devices.Lease lease(DeviceChoice devices)
      throws IOException, InterruptedException {
    for (int left = TRIES - 1; ; left--) {
      try {
        return Devices.lease(devices);
      } catch (Devices.NoAnswerException e) {
        if (left == 0) {
          throw e;
        }
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private static Ending run(
      ModelRequest request, Path folder, Devices.Lease device, Duration maxSilence)
      throws IOException, InterruptedException {
    Path log = folder.resolve("process.log");
    long before;
    Process process;
    try {
      ProcessBuilder builder = prepared(request, folder, log, device);
      if (cancelled) {
        return new Ending(ExitCodes.CANCELLED, "cancelled");
      }
      before = Files.exists(log) ? Files.size(log) : 0;
      process = builder.start();
    } catch (IOException | UncheckedIOException e) {
      // A thread that was interrupted in the middle of a file ends here: that is no failure.
      Thread.sleep(PAUSE.toMillis());
      return new Ending(NOT_RUN, "its process could not be run: " + FileTrouble.message(e));
    }
    RUNNING.add(process);
    // Its standard input stays open: the child ends when it closes.
    try {
      if (cancelled) { // cancelAll may have looked before this process was among the running
        process.getOutputStream().close();
      }
      if (!SignsOfLife.of(process).awaitEnd(maxSilence)) {
        kill(process);
        return new Ending(KILLED, hung(request, maxSilence, log));
      }
      int code = process.exitValue();
      return new Ending(code, reason(code, log, before));
    } catch (InterruptedException e) {
      end(process);
      throw e;
    } finally {
      process.destroyForcibly(); // it ignores SIGTERM
      RUNNING.remove(process);
    }
  }

  private static ProcessBuilder prepared(
      ModelRequest request, Path folder, Path log, Devices.Lease device)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path file = folder.resolve("request.json");
    DurableFiles.replace(file, TrainingJson.MAPPER.writeValueAsBytes(request));
    ProcessBuilder builder =
        new ProcessBuilder(command(file, heap(request), folder, device.isGpu()))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    prepare(builder.environment(), device);
    return builder;
  }

  /** Makes this process's environment the child's. */
  static void prepare(Map<String, String> environment, Devices.Lease device) {
    NOT_INHERITED.forEach(environment::remove);
    environment.put(ModelProcess.GPU, device.visible());
    if (device.isGpu()) {
      // The leased number is nvidia-smi's, and CUDA would count the fastest first.
      environment.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
      // The same bits each time: an operation that cannot say so is refused.
      environment.putIfAbsent(Losses.DETERMINISTIC, "1");
      // float32 is what it says: tensor cores would round factors to ten bits.
      environment.putIfAbsent("NVIDIA_TF32_OVERRIDE", "0");
    } else {
      // A processor makes the same bits anyway, and with it would make others.
      environment.remove(Losses.DETERMINISTIC);
    }
    environment.putIfAbsent("TF_CPP_MIN_LOG_LEVEL", "1");
    // TensorFlow itself turns oneDNN on only where it finds AVX-512; on AVX2 alone it trains three
    // times as fast with it.
    environment.putIfAbsent("TF_ENABLE_ONEDNN_OPTS", "1");
  }

  /** Whether this virtual machine is about to end, or Flink has cancelled this thread's task. */
  public static boolean isCancelled() {
    return cancelled || Thread.currentThread().isInterrupted();
  }

  /** Closing its standard input asks the child to save and end. */
  private static void end(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
    if (!ends(process, PATIENCE)) {
      kill(process);
    }
  }

  private static void kill(Process process) {
    process.destroyForcibly();
    ends(process, PATIENCE_WHEN_KILLED);
  }

  /** Whether it ends in time. Flink interrupts a task every 30 s, which takes nothing of it. */
  private static boolean ends(Process process, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException again) {
        // the deadline stands
      }
    }
  }

  private static String hung(ModelRequest request, Duration silence, Path log) {
    return "%s gave no sign of life for %s and was killed, as where a GPU or a mount does not answer (its log is %s%s)"
        .formatted(
            request.subject(),
            silence.toMinutes() > 0 ? silence.toMinutes() + " min" : silence.toSeconds() + " s",
            log,
            request.hasConfiguration()
                ? "; where it was only slow, raise workers.maxSilentMinutes"
                : "");
  }

  /** What the process said last; what stood in its log before is another attempt's. */
  private static String reason(int code, Path log, long before) throws IOException {
    if (code == ExitCodes.DONE) {
      return "";
    }
    List<String> lines = tail(log, before).lines().toList();
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).startsWith(REASON)) {
        return lines.get(i).substring(REASON.length());
      }
    }
    return code == KILLED
        ? "the process was killed, as a machine does whose memory is full (its log is %s; fewer"
                .formatted(log)
            + " workers.slots or a smaller data.inMemory take less)"
        : "the process ended with code %d (its log is %s)".formatted(code, log);
  }

  private static String tail(Path log, long before) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int from = (int) Math.max(before, bytes.length - LOG_TAIL);
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }

  /**
   * Bytes of heap: the quarter of the memory that a virtual machine takes by itself, and the pixels
   * that the process will hold.
   */
  private static long heap(ModelRequest request) {
    ArtifactStore store = new ArtifactStore(request.path());
    TaskSources sources = new TaskSources(store, request.inMemory());
    long pixels =
        request.openTasks(store).stream()
            .mapToLong(tasks -> tasks.stream().mapToLong(sources::bytes).sum())
            .max()
            .orElse(0);
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getTotalMemorySize() / 4 + pixels;
  }

  private static List<String> command(Path request, long heap, Path folder, boolean gpu)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    // Ctrl-C reaches the whole process group, as does what timeout, systemd and a terminal that
    // goes send; the child is to end by its standard input, with a checkpoint.
    command.addAll(List.of("/bin/sh", "-c", "trap '' INT TERM HUP; exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+UseSerialGC"); // one busy thread; the arrays are few and large
    command.add("-XX:TieredStopAtLevel=1"); // the work is in native code: start fast
    // An option that this virtual machine may have of a variable, which the child lacks.
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    // The child draws figures; of a display that does not answer it would end.
    command.add("-Djava.awt.headless=true");
    command.addAll(NativeCache.options(gpu));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(classPath(folder, gpu));
    command.add(ModelProcess.class.getName());
    command.add(request.toAbsolutePath().toString());
    return command;
  }

  /**
   * The one jar that holds everything, as submitted to Flink, or else this process's class path.
   *
   * @param folder for a link to the jar
   * @param gpu whether TensorFlow's natives for GPUs come first
   */
  private static String classPath(Path folder, boolean gpu) throws IOException {
    Optional<Path> jar = wholeJar();
    String own =
        jar.isPresent()
            ? onClassPath(jar.get(), folder).toString()
            : System.getProperty("java.class.path");
    return gpu ? Cuda.natives().orElseThrow() + File.pathSeparator + own : own;
  }

  /**
   * A path of the jar that a class path can hold. A TaskManager keeps its jobs' jars in a folder
   * named after its host and port, {@code tm_10.0.0.7:6122-8d5f1c}, which a class path would take
   * for two.
   */
  static Path onClassPath(Path jar, Path folder) throws IOException {
    if (!jar.toString().contains(File.pathSeparator)) {
      return jar;
    }
    Path link = folder.resolve("twofold.jar");
    Files.deleteIfExists(link);
    return Files.createSymbolicLink(link, jar);
  }

  /** The jar that this class was loaded from, where it holds everything. */
  public static Optional<Path> wholeJar() throws IOException {
    try {
      Path source =
          Path.of(ModelProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (!Files.isRegularFile(source)) {
        return Optional.empty();
      }
      try (ZipFile zip = new ZipFile(source.toFile())) {
        boolean whole = zip.getEntry("org/tensorflow/Graph.class") != null;
        return whole ? Optional.of(source) : Optional.empty();
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
