package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportRunTest {
  @TempDir private Path folder;

  @Test
  void aLinkToAnEmptyFolderStays() throws IOException {
    Path real = Files.createDirectory(folder.toRealPath().resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);

    assertThat(ExportRun.free(link)).isEqualTo(real);
    assertThat(link).isSymbolicLink();
    assertThat(real).doesNotExist();
  }

  @Test
  void whatIsThereIsRefusedBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nothing"));
    for (Path there : List.of(folder, file, link)) {
      assertThatThrownBy(() -> ExportRun.free(there))
          .isInstanceOf(UsageException.class)
          .hasMessage(
              "Cannot export to %s: it is there already (must be a new or an empty folder)", there);
    }
  }
}
