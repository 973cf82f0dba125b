package dev.twofold.transforms.training;

import dev.twofold.transforms.ingest.SharedWorkdir;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Leases the devices of this host to model processes: by a lock file for each place on a GPU. */
public final class Devices {
  static final String NONE = "-1";
  private static final String HELD = "twofold.device.";
  private static final long POLL_MILLIS = 500;
  private static final int DRIVER_SECONDS = 30;

  /** A device for the time of one process. */
  interface Lease extends AutoCloseable {
    /** Value of CUDA_VISIBLE_DEVICES. */
    String visible();

    default boolean isGpu() {
      return !visible().equals(NONE);
    }

    @Override
    void close();
  }

  /** The driver did not say which GPUs there are; another time it may. */
  static final class NoAnswerException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private NoAnswerException(String message) {
      super(message);
    }
  }

  private Devices() {}

  /**
   * Leases a device, waiting while all GPUs are taken.
   *
   * @throws IllegalArgumentException when a GPU is asked for and there is none to train on
   * @throws InterruptedException also when this virtual machine is about to end
   */
  static Lease lease(DeviceChoice choice) throws IOException, InterruptedException {
    List<String> gpus = gpus(choice.kind());
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "twofold-devices");
    return gpus.isEmpty() ? new Held(NONE, NONE, null) : lease(gpus, choice.unitsPerGpu(), folder);
  }

  /**
   * The GPUs to use.
   *
   * @param kind auto, cpu or gpu
   * @throws IllegalArgumentException when a GPU is asked for, by {@code gpu} or by naming natives
   *     for it, and there is none to train on
   */
  static List<String> gpus(String kind) throws IOException, InterruptedException {
    return isWanted(kind) ? usable(kind, listed(), System.getenv()) : List.of();
  }

  private static boolean isWanted(String kind) {
    return kind.equals("gpu") || (kind.equals("auto") && Cuda.natives().isPresent());
  }

  /** Those of the listed GPUs that can be trained on: all, or, where none is listed, none. */
  static List<String> usable(String kind, List<String> listed, Map<String, String> environment) {
    if (listed.isEmpty() && kind.equals("gpu")) {
      throw new IllegalArgumentException(
          "Invalid workers.devices: gpu on %s (must be cpu or auto: %s)"
              .formatted(SharedWorkdir.host(), listsNone(environment)));
    }
    Optional<String> obstacle = listed.isEmpty() ? Optional.empty() : Cuda.obstacle(environment);
    if (obstacle.isPresent()) {
      throw new IllegalArgumentException(
          "Invalid workers.devices: %s on %s (must be cpu there: %s; README, GPU)"
              .formatted(kind, SharedWorkdir.host(), obstacle.get()));
    }
    return listed;
  }

  /**
   * Refuses devices that this host lacks, before anything is done.
   *
   * @param kind auto, cpu or gpu
   * @return why models train on the processor, where a GPU or its natives are there
   * @throws IllegalArgumentException when a GPU is asked for and there is none to train on
   */
  public static Optional<String> check(String kind) throws IOException, InterruptedException {
    if (kind.equals("cpu")) {
      return Optional.empty();
    }
    List<String> listed = listed();
    if (isWanted(kind)) {
      usable(kind, listed, System.getenv());
    }
    if (listed.isEmpty()) {
      return absent(System.getenv());
    }
    return Cuda.natives().isEmpty() ? Cuda.obstacle(System.getenv()) : Optional.empty();
  }

  /** What there is to say where no GPU is listed: something only where natives expect one. */
  public static Optional<String> absent(Map<String, String> environment) {
    return environment.getOrDefault(Cuda.NATIVES, "").isBlank()
        ? Optional.empty()
        : Optional.of(Cuda.NATIVES + " is set, and " + listsNone(environment));
  }

  private static String listsNone(Map<String, String> environment) {
    String visible = environment.get(ModelProcess.GPU);
    return "nvidia-smi lists no GPU"
        + (visible == null ? "" : " of %s=%s".formatted(ModelProcess.GPU, visible));
  }

  /**
   * Leases a place on one of some GPUs: the first place of each, then the second of each.
   *
   * @param places of each GPU
   * @param folder of the lock files, one for all processes of this machine
   */
  static Lease lease(List<String> gpus, int places, Path folder)
      throws IOException, InterruptedException {
    while (true) {
      for (int place = 1; place <= places; place++) {
        for (String gpu : gpus) {
          Optional<Lease> lease = tryLease(gpu, place == 1 ? gpu : gpu + "-" + place, folder);
          if (lease.isPresent()) {
            return lease.get();
          }
        }
      }
      if (ModelProcesses.isCancelled()) {
        throw new InterruptedException("cancelled");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * A place that a worker of this virtual machine has is not even tried: on Linux, closing a second
   * channel on a lock's file gives the lock away. System properties are what the jobs of a
   * TaskManager share, each of which has loaded this class for itself.
   */
  private static Optional<Lease> tryLease(String gpu, String place, Path folder)
      throws IOException {
    if (System.getProperties().putIfAbsent(HELD + place, "") != null) {
      return Optional.empty();
    }
    Optional<FileChannel> locked = Optional.empty();
    try {
      locked = lock(place, folder);
      return locked.map(channel -> new Held(gpu, place, channel));
    } finally {
      if (locked.isEmpty()) {
        System.clearProperty(HELD + place);
      }
    }
  }

  /** The file that all processes of this machine lock; empty where another one has. */
  private static Optional<FileChannel> lock(String place, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("gpu-" + place + ".lock");
    // The folder is everybody's: a link in it could lead to a file of this user's.
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    forAll(folder, "rwxrwxrwx");
    forAll(file, "rw-rw-rw-");
    if (channel.tryLock() != null) {
      return Optional.of(channel);
    }
    channel.close();
    return Optional.empty();
  }

  /** The next user shares the GPU too. Only who made a file may say so. */
  private static void forAll(Path path, String permissions) throws IOException {
    try {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(PosixFilePermissions.fromString(permissions));
    } catch (FileSystemException madeByAnother) {
      // then its maker has said so
    }
  }

  /**
   * The driver's GPUs that the caller leaves to this process.
   *
   * @param driver's lines, which begin with number and UUID
   * @param environment its CUDA_VISIBLE_DEVICES has numbers, or UUIDs or their beginnings; all are
   *     left where it is not set
   * @throws IllegalArgumentException when it names none of them: a unit that then trained on the
   *     processor would be another one
   */
  public static List<String> visible(List<String> driver, Map<String, String> environment) {
    String visible = environment.get(ModelProcess.GPU);
    List<String> lines =
        driver.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
    List<String> left =
        lines.stream().filter(line -> visible == null || isNamed(visible, line)).toList();
    boolean wantsNone = visible != null && List.of("", "-1").contains(visible.strip());
    if (left.isEmpty() && !lines.isEmpty() && !wantsNone) {
      throw new IllegalArgumentException(
          "Invalid %s: %s on %s (must be a number or UUID that nvidia-smi lists, -1 for none, or unset)"
              .formatted(ModelProcess.GPU, visible, SharedWorkdir.host()));
    }
    return left;
  }

  private static boolean isNamed(String visible, String line) {
    return Arrays.stream(visible.split(",", -1))
        .map(String::strip)
        .anyMatch(
            name -> name.equals(number(line)) || (name.startsWith("GPU-") && line.contains(name)));
  }

  private static String number(String line) {
    return line.split(",", 2)[0];
  }

  /** Numbers of what the driver has and the caller leaves. */
  private static List<String> listed() throws IOException, InterruptedException {
    return visible(driver(), System.getenv()).stream().map(Devices::number).toList();
  }

  /**
   * The driver's GPUs, a line of number, UUID, name and memory each; nothing where there is no
   * driver.
   *
   * @throws NoAnswerException when the driver does not answer: a unit that then trained on the
   *     processor would be another one
   */
  public static List<String> driver() throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
    } catch (IOException noSuchCommand) {
      return List.of();
    }
    // Its few lines fit into the pipe, so it ends before they are read; a hung driver never does.
    if (!process.waitFor(DRIVER_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw unknown("no answer within " + DRIVER_SECONDS + " s");
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      if (output.contains("No devices were found")) {
        return List.of();
      }
      throw unknown(output.strip().replace('\n', ' '));
    }
    return output.lines().toList();
  }

  private static NoAnswerException unknown(String answer) {
    return new NoAnswerException(
        "Cannot tell which GPUs %s has: nvidia-smi: %s (mend the driver, or use workers.devices: cpu)"
            .formatted(SharedWorkdir.host(), answer));
  }

  private record Held(String visible, String place, FileChannel channel) implements Lease {

    @Override
    public void close() {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot give back GPU " + visible, e);
      } finally {
        System.clearProperty(HELD + place);
      }
    }
  }
}
