package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  @TempDir private Path folder;

  @Test
  void whatIsMissingIsMadeBehindLinksToo() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);

    OutputFolder.make("Cannot write", link);
    OutputFolder.make("Cannot write", link.resolve("new/deep"));

    assertThat(link).isSymbolicLink();
    assertThat(real.resolve("new/deep")).isEmptyDirectory();
  }

  @Test
  void aPlaceThatIsNoneIsNamedWithItsReason() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertRefused(
        file, file + ": a file has this name (must be a folder, or a name that nothing has)");
    assertRefused(Path.of("/proc/twofold/deep"), "/proc/twofold cannot be made");
  }

  private static void assertRefused(Path place, String reason) {
    assertThatThrownBy(() -> OutputFolder.make("Cannot write", place))
        .isInstanceOf(UsageException.class)
        .hasMessage("Cannot write: " + reason);
  }
}
