package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home in which nothing can be kept. */
class ManagedServerHomeTest {

  @Test
  void aHomeThatCannotBeMadeIsNamed() {
    assertRefused(Path.of("/proc/.twofold"), "/proc/.twofold is not there, and cannot be made");
  }

  @Test
  void aHomeThatIsAFileIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("home"), "");
    assertRefused(file, file + "/mlflow: Not a directory");
    Path home = Files.createDirectory(folder.resolve("other"));
    Path taken = Files.writeString(home.resolve("mlflow"), "");
    assertRefused(home, taken + " is a file (must be a folder)");
  }

  private static void assertRefused(Path home, String reason) {
    ManagedServer server =
        ManagedServer.of(Map.of(ManagedServer.HOME, home.toString()), line -> {});
    assertThatThrownBy(server::start)
        .isInstanceOf(TrackingRefusedException.class)
        .hasMessage(
            "Cannot keep the local MLflow server in %s/mlflow: %s (set TWOFOLD_HOME to a folder that can be written)",
            home, reason);
  }
}
