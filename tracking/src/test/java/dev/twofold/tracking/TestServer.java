package dev.twofold.tracking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * One real MLflow server for all test classes, in a folder of its own; its Python environment is
 * the user's, which costs a minute to install the first time.
 */
final class TestServer implements BeforeAllCallback, AutoCloseable {
  private static ManagedServer server;
  private static ManagedServer.Running running;
  private Path folder;

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(Namespace.GLOBAL)
        .getOrComputeIfAbsent(TestServer.class, key -> launch(new TestServer()));
  }

  private static TestServer launch(TestServer resource) {
    try {
      resource.folder = Files.createTempDirectory("twofold mlflow");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server = in(resource.folder);
    running = server.start();
    return resource;
  }

  /** A managed server with data of its own. */
  static ManagedServer in(Path folder) {
    return ManagedServer.in(folder, pythons(), environment(), System.out::println);
  }

  static Path pythons() {
    return ManagedServer.home(System.getenv()).resolve("mlflow");
  }

  static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put(ManagedServer.PORT, "5900");
    return environment;
  }

  static ManagedServer server() {
    return server;
  }

  static String uri() {
    return running.uri().toString();
  }

  static MlflowApi api() {
    return Connection.open(uri(), Map.of());
  }

  @Override
  public void close() throws IOException {
    server.stop();
    deleteTree(folder);
  }

  static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
