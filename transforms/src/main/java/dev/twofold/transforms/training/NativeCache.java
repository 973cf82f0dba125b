package dev.twofold.transforms.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where TensorFlow's natives are unpacked: one folder a jar, or every job would unpack them anew.
 */
final class NativeCache {

  private NativeCache() {}

  static Path directory() throws IOException {
    Path root =
        Optional.ofNullable(System.getenv("TWOFOLD_HOME"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".twofold"));
    Optional<Path> jar = ModelProcesses.wholeJar();
    String name = "natives";
    if (jar.isPresent()) {
      long size = Files.size(jar.get());
      name += "-" + Long.toHexString(size);
    }
    return Files.createDirectories(root.resolve(name));
  }
}
