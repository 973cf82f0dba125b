package dev.twofold.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * In place of {@code ~/.twofold}: an MLflow server of the tests' own, in the Python environment and
 * with the natives that are there.
 */
final class Home {
  private static final String VARIABLE = "TWOFOLD_HOME";

  private final Path folder;

  Home(Path folder) throws IOException {
    this.folder = folder;
    Path usual =
        Optional.ofNullable(System.getenv(VARIABLE))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".twofold"));
    link(usual, folder, "natives-");
    link(usual.resolve("mlflow"), folder.resolve("mlflow"), "python-");
  }

  private static void link(Path from, Path to, String prefix) throws IOException {
    Files.createDirectories(to);
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> installed = Files.list(from)) {
      for (Path each : installed.toList()) {
        String name = each.getFileName().toString();
        if (name.startsWith(prefix)) {
          Files.createSymbolicLink(to.resolve(name), each.toAbsolutePath());
        }
      }
    }
  }

  /** Commands that run in a folder, and have this home. */
  Cli cli(Path where) {
    return new Cli(where).with(VARIABLE, folder.toString()).with("TWOFOLD_MLFLOW_PORT", "5950");
  }

  /** Stops the server, and leaves what is shared. */
  void stop() throws IOException, InterruptedException {
    cli(folder).run("ui", "--stop").expect(0);
    try (Stream<Path> all = Files.walk(folder, 2)) {
      for (Path link : all.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }
}
