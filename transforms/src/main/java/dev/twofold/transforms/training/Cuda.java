package dev.twofold.transforms.training;

import dev.twofold.models.training.GpuProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What TensorFlow needs for a GPU besides the driver, and whether it is there. */
public final class Cuda {
  /** The jar with TensorFlow's natives for GPUs, which is not part of the project's. */
  static final String NATIVES = "TWOFOLD_GPU_NATIVES";

  /**
   * What TensorFlow 2.18 opens when it looks for GPUs. Where one is missing, it logs so and
   * computes on the processor.
   */
  private static final List<String> LIBRARIES =
      List.of(
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcufft.so.11",
          "libcusolver.so.11",
          "libcusparse.so.12",
          "libcudnn.so.9");

  private static final Pattern COLON = Pattern.compile(":");

  private Cuda() {}

  /** The jar that the environment names. */
  static Optional<Path> natives() {
    return Optional.ofNullable(System.getenv(NATIVES)).filter(jar -> !jar.isBlank()).map(Path::of);
  }

  /**
   * Why no model can train on a GPU that the driver has; empty where nothing is amiss.
   *
   * @param environment of the process that will train
   */
  public static Optional<String> obstacle(Map<String, String> environment) {
    String jar = environment.getOrDefault(NATIVES, "");
    if (jar.isBlank()) {
      return Optional.of(NATIVES + " names no jar with TensorFlow's natives for GPUs");
    }
    if (!Files.isRegularFile(Path.of(jar)) || !Files.isReadable(Path.of(jar))) {
      return Optional.of("%s is %s, which is no file to read".formatted(NATIVES, jar));
    }
    List<String> missing = missing(environment.getOrDefault("LD_LIBRARY_PATH", ""));
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("the library path lacks " + String.join(", ", missing));
  }

  /**
   * The libraries that are on no library path.
   *
   * @param libraryPath folders, as in LD_LIBRARY_PATH; the system's own are looked into as well
   */
  static List<String> missing(String libraryPath) {
    Set<String> found = Set.copyOf(cached());
    return LIBRARIES.stream()
        .filter(name -> !found.contains(name))
        .filter(
            name ->
                COLON
                    .splitAsStream(libraryPath)
                    .filter(folder -> !folder.isEmpty())
                    .noneMatch(folder -> Files.exists(Path.of(folder, name))))
        .toList();
  }

  /** What the dynamic linker's cache has; nothing where there is no such cache. */
  private static List<String> cached() {
    try {
      Process process =
          new ProcessBuilder("/sbin/ldconfig", "-p")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return output.lines().map(line -> line.strip().split(" ", 2)[0]).toList();
    } catch (IOException noSuchCommand) {
      return List.of();
    }
  }

  /**
   * Refuses to go on without the GPU that this process has leased, where TensorFlow would compute
   * on the processor and say so in a log alone.
   *
   * @throws IllegalArgumentException when TensorFlow does not see it
   */
  static void require(String gpu) {
    if (GpuProbe.seesGpu()) {
      return;
    }
    List<String> missing = missing(System.getenv().getOrDefault("LD_LIBRARY_PATH", ""));
    throw new IllegalArgumentException(
        "Cannot train on GPU %s: TensorFlow does not see it%s (README, GPU; or workers.devices: cpu)"
            .formatted(
                gpu,
                missing.isEmpty()
                    ? ", and its log says why"
                    : "; the library path lacks " + String.join(", ", missing)));
  }
}
