package dev.twofold.transforms.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Leases the devices of this host to model processes: one process a GPU, by a lock file a device.
 */
final class Devices {
  private static final String NONE = "-1";
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
    List<String> gpus = setting.equals("cpu") ? List.of() : gpus();
    if (gpus.isEmpty()) {
      if (setting.equals("gpu")) {
        throw new IllegalArgumentException(
            "Invalid workers.devices: gpu (must be cpu or auto here: nvidia-smi lists no GPU)");
      }
      return new Held(NONE, null);
    }
    while (true) {
      for (String gpu : gpus) {
        Optional<Lease> lease = tryLease(gpu);
        if (lease.isPresent()) {
          return lease.get();
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static Optional<Lease> tryLease(String gpu) throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "twofold-devices");
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("gpu-" + gpu + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new Held(gpu, channel));
      }
    } catch (OverlappingFileLockException heldByThisProcess) {
      // another worker of this JVM has it
    }
    channel.close();
    return Optional.empty();
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
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean ended = process.waitFor(10, TimeUnit.SECONDS);
    return ended && process.exitValue() == 0
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
      }
    }
  }
}
