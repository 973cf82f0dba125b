package dev.twofold.pipelines.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The class of this machine, in words. */
final class Machine {

  private Machine() {}

  static String describe() {
    return "%s, %d cores, %s"
        .formatted(
            processor(), Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"));
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException noSuchFile) {
      return System.getProperty("os.arch");
    }
  }
}
