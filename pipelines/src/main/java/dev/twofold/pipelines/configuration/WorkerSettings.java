package dev.twofold.pipelines.configuration;

/**
 * Where and how wide units train. None of it is in a key.
 *
 * @param slots units at a time
 * @param threads of TensorFlow in each unit: a number, or {@code auto} for cores / slots
 * @param devices {@code auto} takes a GPU where the driver lists one and {@code
 *     TWOFOLD_GPU_NATIVES} names TensorFlow's natives for it
 * @param unitsPerGpu units that share a GPU, which small networks leave idle; {@code slots} bounds
 *     them as well, and all runs on a machine must have the same number
 * @param maxSilentMinutes minutes without a sign of life after which a unit's process, which is
 *     then taken to hang, is killed and tried again
 */
public record WorkerSettings(
    Integer slots,
    Threads threads,
    Devices devices,
    Integer unitsPerGpu,
    Integer maxSilentMinutes) {

  /** Kinds of devices to train on. */
  public enum Devices {
    AUTO,
    CPU,
    GPU
  }

  public WorkerSettings {
    slots = slots == null ? 2 : slots;
    threads = threads == null ? new Threads(null) : threads;
    devices = devices == null ? Devices.AUTO : devices;
    unitsPerGpu = unitsPerGpu == null ? 1 : unitsPerGpu;
    // The longest known: half an hour in which TensorFlow compiles kernels for a GPU.
    maxSilentMinutes = maxSilentMinutes == null ? 60 : maxSilentMinutes;
    atLeastOne("slots", slots);
    atLeastOne("unitsPerGpu", unitsPerGpu);
    atLeastOne("maxSilentMinutes", maxSilentMinutes);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Invalid workers.%s: %d (must be at least 1)".formatted(name, value));
    }
  }

  /** Threads of a unit on a machine with so many cores. */
  public int threadsOn(int cores) {
    return threads.count() == null ? Math.max(1, cores / slots) : threads.count();
  }

  /**
   * A number of threads, written as a number or {@code auto}.
   *
   * @param count null for {@code auto}
   */
  public record Threads(Integer count) {
    static final int MOST = 4096;

    static Threads read(Tree tree, String path, Binder binder) {
      if (tree.plain() instanceof Long count && count >= 1 && count <= MOST) {
        return new Threads(count.intValue());
      }
      if (!"auto".equals(tree.plain())) {
        binder.invalid(tree, path, "auto, or a number from 1 to " + MOST);
        return null;
      }
      return new Threads(null);
    }
  }
}
