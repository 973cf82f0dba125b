package dev.twofold.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The references' files have what their scripts compute; two scripts at a time, one core each. */
class ReferenceScriptsTest {
  private static final Path FILES = Path.of("src/test/resources/reference");
  private static final Path SCRIPTS = Path.of("../benchmarks/reference");

  /** Unless it is named, one that is installed here, the first time. */
  private static final String PYTHON =
      Optional.ofNullable(System.getenv("TWOFOLD_REFERENCE_PYTHON"))
          .orElse(SCRIPTS.resolve("python").toString());

  /**
   * Minutes of one command: an installation or a check, on a machine that does other things too.
   */
  private static final long LIMIT = 30;

  private static final ExecutorService TWO = Executors.newFixedThreadPool(2);
  private static final Map<String, Future<String>> CHECKS = new TreeMap<>();

  private static String jax;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    jax = run(PYTHON, "-c", "import jax");
    if (jax.isEmpty()) {
      names().forEach(name -> CHECKS.put(name, TWO.submit(() -> check(name))));
    }
  }

  @AfterAll
  static void stop() {
    TWO.shutdownNow();
  }

  static Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      List<String> names =
          files.map(file -> file.getFileName().toString().replace(".json", "")).sorted().toList();
      return names.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void isAsTheScriptComputesIt(String name) throws Exception {
    assumeThat(jax).as("what %s says to \"import jax\"", PYTHON).isEmpty();

    assertThat(CHECKS.get(name).get()).isEmpty();
  }

  private static String check(String name) throws InterruptedException {
    return run(
        PYTHON,
        SCRIPTS.resolve(name + ".py").toString(),
        "--check",
        FILES.resolve(name + ".json").toString());
  }

  /** What a command has to say when it fails; nothing when it succeeds. */
  private static String run(String... command) throws InterruptedException {
    try {
      Path log = Files.createTempFile("reference", ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        boolean ended = process.waitFor(LIMIT, TimeUnit.MINUTES);
        String said = Files.readString(log);
        return ended && process.exitValue() == 0
            ? ""
            : "%s: %s".formatted(ended ? "failed" : "took %d minutes".formatted(LIMIT), said);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.delete(log);
      }
    } catch (IOException e) {
      return "failed: " + e.getMessage();
    }
  }
}
