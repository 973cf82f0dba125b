package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkdirTest {

  @TempDir Path folder;

  @Test
  void isMadeAndLeftEmpty() {
    Path workdir = folder.resolve("a/b");
    Workdir.check(workdir);
    assertThat(workdir).isEmptyDirectory();
  }

  /** Root may write there, and no file can be made all the same. */
  @Test
  void aFolderThatTakesNoFileIsNamedItself() {
    assertThatThrownBy(() -> Workdir.check(Path.of("/proc/self/fd")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(
            "Cannot write to the workdir: /proc/self/fd: no file can be made in it (");
  }

  @Test
  void whyItCannotBeUsedIsSaidInWords() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    assertThatThrownBy(() -> Workdir.check(file))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot write to the workdir: %s: a file has this name (must be a folder, or a name that"
                + " nothing has) (choose another with --workdir or `workdir:`)",
            file);
    assertThatThrownBy(() -> Workdir.checkHome(file))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot write to the folder of libraries and of the MLflow server: %s: a file has this"
                + " name (must be a folder, or a name that nothing has) (name another in TWOFOLD_HOME)",
            file);
  }
}
