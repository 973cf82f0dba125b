package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class ModelProcessTest {

  @Test
  void reasonsOfFilesNameNoClass() {
    IOException full = new FileSystemException("/made/a", "/out/a", "No space left on device");
    assertThat(ModelProcess.reason(full))
        .isEqualTo("Cannot use /out/a (from /made/a): No space left on device");
    assertThat(ModelProcess.reason(new UncheckedIOException("Cannot write to /out: full", full)))
        .isEqualTo("Cannot write to /out: full");
    assertThat(ModelProcess.reason(new IllegalStateException("odd")))
        .isEqualTo("java.lang.IllegalStateException: odd");
  }
}
