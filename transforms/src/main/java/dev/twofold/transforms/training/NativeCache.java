package dev.twofold.transforms.training;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;

/**
 * Where TensorFlow's natives are unpacked: one folder for the same libraries, whatever jar they
 * come in. Flink gives every job a jar with a name of its own, and JavaCPP would unpack 0.7 GB for
 * each.
 */
final class NativeCache {
  private static final String LIBRARY =
      "/org/tensorflow/internal/c_api/linux-x86_64/libtensorflow_cc.so.2";

  private NativeCache() {}

  /** Options of a Java command that make JavaCPP unpack there. */
  static List<String> options() throws IOException {
    return List.of(
        "-Dorg.bytedeco.javacpp.cachedir=" + directory(),
        "-Dorg.bytedeco.javacpp.cachedir.nosubdir=true");
  }

  private static Path directory() throws IOException {
    Path root =
        Optional.ofNullable(System.getenv("TWOFOLD_HOME"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".twofold"));
    String name = "natives-" + Long.toHexString(checksum());
    Optional<Path> gpu = gpu();
    if (gpu.isPresent()) {
      name += "-gpu-" + Long.toHexString(Files.size(gpu.get()));
    }
    return Files.createDirectories(root.resolve(name));
  }

  /** The jar with TensorFlow's natives for GPUs, which is not part of the project's. */
  static Optional<Path> gpu() {
    return Optional.ofNullable(System.getenv("TWOFOLD_GPU_NATIVES"))
        .filter(jar -> !jar.isBlank())
        .map(Path::of);
  }

  /** Of the library as its jar has it. */
  private static long checksum() throws IOException {
    URL library = NativeCache.class.getResource(LIBRARY);
    JarURLConnection connection = (JarURLConnection) library.openConnection();
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      return jar.getJarEntry(connection.getEntryName()).getCrc();
    }
  }
}
