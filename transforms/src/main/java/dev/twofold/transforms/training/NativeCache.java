package dev.twofold.transforms.training;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Where TensorFlow's natives are unpacked: one folder for the same libraries, whatever jar they
 * come in. Flink gives every job a jar with a name of its own, and JavaCPP would unpack 0.7 GB for
 * each.
 */
final class NativeCache {
  private static final String LIBRARY =
      "/org/tensorflow/internal/c_api/linux-x86_64/libtensorflow_cc.so.2";

  static final String UNPACKING = "twofold.unpacking";
  private static final long POLL_MILLIS = 100;

  private static final String GPU_LIBRARIES = "org/tensorflow/internal/c_api/linux-x86_64-gpu/";

  private NativeCache() {}

  /**
   * Options of a Java command that make JavaCPP unpack there.
   *
   * @param gpu whether the libraries are those for GPUs, which are unpacked at once
   */
  static List<String> options(boolean gpu) throws IOException, InterruptedException {
    return List.of(
        "-Dorg.bytedeco.javacpp.cachedir=" + directory(gpu),
        "-Dorg.bytedeco.javacpp.cachedir.nosubdir=true");
  }

  private static Path directory(boolean forGpu) throws IOException, InterruptedException {
    Path root =
        Optional.ofNullable(System.getenv("TWOFOLD_HOME"))
            .filter(home -> !home.isBlank())
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".twofold"));
    String name = "natives-" + Long.toHexString(checksum());
    if (!forGpu) {
      return Files.createDirectories(root.resolve(name));
    }
    Path gpu = Cuda.natives().orElseThrow();
    name += "-gpu-" + Long.toHexString(Files.size(gpu));
    Path folder = Files.createDirectories(root.resolve(name));
    unpack(gpu, folder);
    return folder;
  }

  /**
   * Unpacks the libraries for GPUs, with the times by which JavaCPP knows that it need not. Left to
   * it, the first process would unpack one jar's, find that they cannot be loaded in that order,
   * and unpack the other's over them, which a second process has just begun to use.
   *
   * <p>One at a time in all processes, and in this one: a second channel on a lock's file gives the
   * lock away. System properties are what the jobs of a TaskManager share.
   */
  static void unpack(Path jar, Path folder) throws IOException, InterruptedException {
    while (System.getProperties().putIfAbsent(UNPACKING, "") != null) {
      Thread.sleep(POLL_MILLIS);
    }
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("unpack.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var held = channel.lock();
        JarFile natives = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(natives.entries())) {
        if (held.isValid() && entry.getName().startsWith(GPU_LIBRARIES) && !entry.isDirectory()) {
          unpack(natives, entry, folder);
        }
      }
    } finally {
      System.clearProperty(UNPACKING);
    }
  }

  private static void unpack(JarFile natives, JarEntry entry, Path folder) throws IOException {
    Path file = folder.resolve(entry.getName().substring(GPU_LIBRARIES.length()));
    FileTime time = FileTime.fromMillis(entry.getTime());
    if (Files.exists(file)
        && Files.size(file) == entry.getSize()
        && Files.getLastModifiedTime(file).equals(time)) {
      return;
    }
    Path unfinished = folder.resolve(file.getFileName() + ".unfinished");
    try (InputStream in = natives.getInputStream(entry)) {
      Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setLastModifiedTime(unfinished, time);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
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
