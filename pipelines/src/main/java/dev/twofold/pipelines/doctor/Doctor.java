package dev.twofold.pipelines.doctor;

import dev.twofold.tracking.ManagedServer;
import dev.twofold.tracking.Pythons;
import dev.twofold.tracking.TrackingRefusedException;
import dev.twofold.transforms.evaluation.Fonts;
import dev.twofold.transforms.training.Cuda;
import dev.twofold.transforms.training.Devices;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Looks at whether this machine can run Twofold, and says what to do where it cannot. */
public final class Doctor {

  private static final int OLDEST_JAVA = 17;

  /** A run of the papers' tables writes some 5 GB; TensorFlow's natives unpack to 0.7 GB. */
  private static final double FEWEST_FREE_GB = 5;

  /** TensorFlow, a JVM for it, and a dataset of the default {@code data.inMemory}. */
  private static final double LEAST_MEMORY_GB = 6;

  private static final double GB = 1e9;

  /** The kernel's name of a flag → the name by which one speaks of it. */
  private static final Map<String, String> RELEVANT_FLAGS =
      Map.of(
          "avx",
          "avx",
          "avx2",
          "avx2",
          "avx512f",
          "avx512",
          "avx512_bf16",
          "bf16",
          "amx_bf16",
          "bf16");

  private final Path workdir;
  private final Map<String, String> environment;

  /**
   * A doctor for one work folder.
   *
   * @param environment usually {@code System.getenv()}
   */
  public Doctor(Path workdir, Map<String, String> environment) {
    this.workdir = workdir.toAbsolutePath();
    this.environment = Map.copyOf(environment);
  }

  /** Makes all checks; none of them changes anything that outlives it. */
  public Diagnosis examine() {
    return new Diagnosis(
        List.of(
            java(),
            tensorFlow(),
            processor(),
            memory(),
            gpu(),
            fonts(),
            python(),
            trackingPort(),
            writable("workdir", workdir, "Give another folder with --workdir"),
            writable(
                "home", ManagedServer.home(environment), "Name another folder in TWOFOLD_HOME"),
            disk(),
            data()));
  }

  private static Check java() {
    String found = System.getProperty("java.version") + ", " + System.getProperty("java.vm.name");
    return Runtime.version().feature() >= OLDEST_JAVA
        ? Check.ok("java", found)
        : Check.fail("java", found, "Install a JDK " + OLDEST_JAVA + " or newer.");
  }

  /** Looks the native library up without loading it: that would take seconds and memory. */
  private static Check tensorFlow() {
    String platform = platform();
    String library = "org/tensorflow/internal/c_api/" + platform + "/libjnitensorflow.so";
    boolean present = Doctor.class.getClassLoader().getResource(library) != null;
    return present
        ? Check.ok("tensorflow", "native library for " + platform)
        : Check.fail(
            "tensorflow",
            "no native library for " + platform + " on the class path",
            "Use the packaged jar on linux-x86_64, or add tensorflow-core-native for this"
                + " platform.");
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch");
    return system.replace(" ", "") + "-" + (machine.equals("amd64") ? "x86_64" : machine);
  }

  private static Check processor() {
    int cores = Runtime.getRuntime().availableProcessors();
    Set<String> flags = cpuFlags();
    String found = cores + (cores == 1 ? " core" : " cores");
    if (flags.isEmpty()) {
      return Check.ok("processor", found);
    }
    String extensions = String.join(" ", flags);
    return flags.contains("avx2")
        ? Check.ok("processor", found + ", " + extensions)
        : Check.warn(
            "processor",
            found + ", no avx2",
            "TensorFlow runs, but several times slower: use a newer machine.");
  }

  /** Those that matter to TensorFlow; empty where the system does not tell. */
  static Set<String> cpuFlags() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return relevantFlags(lines.filter(line -> line.startsWith("flags")).findFirst().orElse(""));
    } catch (IOException e) {
      return Set.of();
    }
  }

  static Set<String> relevantFlags(String line) {
    Set<String> all = new HashSet<>(List.of(line.split("\\s+", -1)));
    Set<String> relevant = new TreeSet<>();
    RELEVANT_FLAGS.forEach(
        (flag, name) -> {
          if (all.contains(flag)) {
            relevant.add(name);
          }
        });
    return relevant;
  }

  private static Check memory() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    if (!(system instanceof com.sun.management.OperatingSystemMXBean machine)) {
      return Check.warn("memory", "unknown", "Leave 6 GB to each slot.");
    }
    double gigabytes = machine.getTotalMemorySize() / GB;
    String found = String.format(Locale.ROOT, "%.1f GB", gigabytes);
    return gigabytes >= LEAST_MEMORY_GB
        ? Check.ok("memory", found)
        : Check.warn("memory", found, "Use one slot, a smaller training.batch and data.inMemory.");
  }

  private Check gpu() {
    try {
      return gpu(Devices.driver(), environment);
    } catch (IllegalArgumentException | IOException e) {
      return Check.fail("gpu", e.getMessage(), "See README, GPU.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.warn("gpu", "interrupted", "Ask again.");
    }
  }

  /**
   * What is said of GPUs.
   *
   * @param driver its lines of number, UUID, name and memory; may be empty
   */
  static Check gpu(List<String> driver, Map<String, String> environment) {
    List<String> gpus;
    try {
      gpus = Devices.visible(driver, environment);
    } catch (IllegalArgumentException e) {
      return Check.fail("gpu", e.getMessage(), "See README, GPU.");
    }
    if (gpus.isEmpty()) {
      return Devices.absent(environment)
          .map(why -> Check.warn("gpu", "none: " + why, "See README, GPU."))
          .orElseGet(() -> Check.ok("gpu", "none: training runs on the processor"));
    }
    String found = String.join("; ", gpus);
    return Cuda.obstacle(environment)
        .map(why -> Check.warn("gpu", found + "; not used: " + why, "See README, GPU."))
        .orElseGet(() -> Check.ok("gpu", found));
  }

  /** Letters for charts: without them reports have none. */
  private static Check fonts() {
    return Fonts.found()
        ? Check.ok("fonts", "found")
        : Check.warn("fonts", "Java finds none: reports have no charts", Fonts.REMEDY);
  }

  /** A Python may have a warning before its answer. */
  private Optional<String> lastLine(String python, String program) {
    return Command.output(python, "-c", program)
        .map(text -> text.substring(text.lastIndexOf('\n') + 1));
  }

  private Check python() {
    Optional<Pythons.Python> best = Pythons.choose(environment, this::lastLine).best();
    if (best.isPresent()) {
      return Check.ok(
          "python", "%s with venv, %s".formatted(best.get().version(), best.get().path()));
    }
    return Check.warn(
        "python",
        "no Python 3.%d or newer with venv".formatted(Pythons.OLDEST_MINOR),
        "Install one (Debian: python3-venv) for the local MLflow server, name one in"
            + " TWOFOLD_PYTHON, or set tracking.uri.");
  }

  private Check trackingPort() {
    try {
      return trackingPort(ManagedServer.of(environment, line -> {}).preferredPort());
    } catch (TrackingRefusedException e) {
      return Check.fail("tracking port", e.getMessage(), "Unset it, or let it name a free port.");
    }
  }

  private static Check trackingPort(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return Check.ok("tracking port", socket.getLocalPort() + " is free");
    } catch (IOException e) {
      return Check.warn(
          "tracking port",
          port + " is taken",
          "Fine when it is Twofold's own MLflow server; otherwise end what listens there, or name"
              + " another port in %s.".formatted(ManagedServer.PORT));
    }
  }

  private static Check writable(String name, Path wanted, String another) {
    if (Files.exists(wanted) && !Files.isDirectory(wanted)) {
      return Check.fail(name, wanted + " is not a folder", another + ".");
    }
    Path folder = existing(wanted);
    try {
      Files.delete(Files.createTempFile(folder, ".twofold-doctor", ""));
      return Check.ok(name, wanted + (folder.equals(wanted) ? "" : " (will be made)"));
    } catch (IOException e) {
      return Check.fail(
          name, "cannot write to " + folder, another + ", or get the right to write there.");
    }
  }

  private Check disk() {
    try {
      double free = Files.getFileStore(existing(workdir)).getUsableSpace() / GB;
      String found = String.format(Locale.ROOT, "%.1f GB free", free);
      return free >= FEWEST_FREE_GB
          ? Check.ok("disk", found)
          : Check.warn("disk", found, "Free some, use another --workdir, or set keepModels: none.");
    } catch (IOException e) {
      return Check.warn("disk", "unknown: " + e.getMessage(), "Look at the folder by hand.");
    }
  }

  private Check data() {
    String folder = environment.getOrDefault("TWOFOLD_DATA", "");
    if (folder.isEmpty()) {
      return Check.ok("data", "TWOFOLD_DATA is not set: only configurations with samples run");
    }
    Path path = Path.of(folder);
    return Files.isDirectory(path) && Files.isReadable(path)
        ? Check.ok("data", "TWOFOLD_DATA = " + folder)
        : Check.fail(
            "data",
            "TWOFOLD_DATA = " + folder + " is no readable folder",
            "Let it name the folder that holds the datasets.");
  }

  /** The folder itself or the nearest one above it that exists. */
  private static Path existing(Path folder) {
    Path at = folder;
    while (!Files.isDirectory(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
