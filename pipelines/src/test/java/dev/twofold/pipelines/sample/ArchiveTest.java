package dev.twofold.pipelines.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {

  @TempDir Path folder;

  @Test
  void isThereOnceItIsWhole() throws IOException {
    Path file = folder.resolve("solids.zip");
    try (Archive archive = new Archive(file)) {
      archive.add("cone/000.png", new byte[] {1, 2});
      assertThat(file).doesNotExist();
      archive.finish();
    }

    assertThat(folder).isDirectoryContaining(file::equals);
    assertThat(folder.toFile().list()).hasSize(1);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.getInputStream(zip.getEntry("cone/000.png")))
          .hasBinaryContent(new byte[] {1, 2});
    }
  }

  /** As Ctrl-C or a full disk ends it: the next run finds nothing, and writes it. */
  @Test
  void isNotThereWhenItWasInterrupted() throws IOException {
    try (Archive archive = new Archive(folder.resolve("solids.zip"))) {
      archive.add("cone/000.png", new byte[] {1, 2});
    }

    assertThat(folder).isEmptyDirectory();
  }
}
