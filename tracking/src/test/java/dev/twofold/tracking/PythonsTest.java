package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonsTest {
  @TempDir private Path path;

  /** As on a machine whose own Python is too old, with newer ones beside it. */
  @Test
  void looksForAllNamesAndForUntriedVersionsLast() throws Exception {
    for (String name : List.of("python3.14", "python3.9", "python3.13", "python3", "python3.11")) {
      Path python = Files.createFile(path.resolve(name));
      Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertThat(Pythons.candidates(Map.of("PATH", path.toString())))
        .extracting(candidate -> path.relativize(Path.of(candidate)).toString())
        .containsExactly("python3", "python3.13", "python3.11", "python3.14");
  }

  @Test
  void looksForNoneWhereOneIsChosen() {
    assertThat(Pythons.candidates(Map.of("PATH", "/bin", "TWOFOLD_PYTHON", "/a b/python")))
        .containsExactly("/a b/python");
  }
}
