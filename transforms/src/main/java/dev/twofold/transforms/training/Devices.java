package dev.twofold.transforms.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Leases the devices of this host to model processes: one process a GPU, by a lock file a device.
 */
final class Devices {
  private static final String NONE = "-1";
  private static final String HELD = "twofold.device.";
  private static final long POLL_MILLIS = 500;

  /** A device for the time of one process. */
  interface Lease extends AutoCloseable {
    /** Value of CUDA_VISIBLE_DEVICES. */
    String visible();

    @Override
    void close();
  }

  private Devices() {}

  /**
   * Leases a device, waiting while all GPUs are taken.
   *
   * @param setting auto, cpu or gpu
   * @throws IllegalArgumentException when a GPU is asked for and there is none
   */
  static Lease lease(String setting) throws IOException, InterruptedException {
    List<String> gpus = gpus(setting);
    return gpus.isEmpty()
        ? new Held(NONE, null)
        : lease(gpus, Path.of(System.getProperty("java.io.tmpdir"), "twofold-devices"));
  }

  /**
   * The GPUs to use.
   *
   * @param setting auto, cpu or gpu
   * @throws IllegalArgumentException when a GPU is asked for and there is none
   */
  static List<String> gpus(String setting) throws IOException, InterruptedException {
    List<String> gpus = setting.equals("cpu") ? List.of() : gpus();
    if (gpus.isEmpty() && setting.equals("gpu")) {
      throw new IllegalArgumentException(
          "Invalid workers.devices: gpu (must be cpu or auto here: nvidia-smi lists no GPU)");
    }
    return gpus;
  }

  /**
   * Leases one of some GPUs.
   *
   * @param folder of the lock files, one for all processes of this machine
   */
  static Lease lease(List<String> gpus, Path folder) throws IOException, InterruptedException {
    while (true) {
      for (String gpu : gpus) {
        Optional<Lease> lease = tryLease(gpu, folder);
        if (lease.isPresent()) {
          return lease.get();
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * A GPU that a worker of this virtual machine has is not even tried: on Linux, closing a second
   * channel on a lock's file gives the lock away. System properties are what the jobs of a
   * TaskManager share, each of which has loaded this class for itself.
   */
  private static Optional<Lease> tryLease(String gpu, Path folder) throws IOException {
    if (System.getProperties().putIfAbsent(HELD + gpu, "") != null) {
      return Optional.empty();
    }
    Optional<FileChannel> locked = Optional.empty();
    try {
      locked = lock(gpu, folder);
      return locked.map(channel -> new Held(gpu, channel));
    } finally {
      if (locked.isEmpty()) {
        System.clearProperty(HELD + gpu);
      }
    }
  }

  /** The file that all processes of this machine lock; empty where another one has. */
  private static Optional<FileChannel> lock(String gpu, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("gpu-" + gpu + ".lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    } catch (FileSystemException madeByAnother) {
      // then its maker has said so
    }
  }

  private static List<String> gpus() throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("nvidia-smi", "--query-gpu=index", "--format=csv,noheader")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException noSuchCommand) {
      return List.of();
    }
    // Its few lines fit into the pipe, so it ends before they are read; a hung driver never does.
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return List.of();
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.exitValue() == 0
        ? output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList()
        : List.of();
  }

  private record Held(String visible, FileChannel channel) implements Lease {

    @Override
    public void close() {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot give back GPU " + visible, e);
      } finally {
        System.clearProperty(HELD + visible);
      }
    }
  }
}
