package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileTroubleTest {

  @Test
  void saysWhyAFileCannotBeUsed() {
    assertThat(FileTrouble.text(new AccessDeniedException("/data")))
        .contains("Cannot use /data: no permission to read or write it");
    assertThat(FileTrouble.text(new UncheckedIOException(new NoSuchFileException("x.zip"))))
        .contains("Cannot use x.zip: there is no such file or folder");
    assertThat(FileTrouble.text(new FileAlreadyExistsException("report")))
        .contains(
            "Cannot use report: a file has this name (must be a folder, or a name that nothing"
                + " has)");
    assertThat(FileTrouble.text(new NotDirectoryException("report")))
        .contains("Cannot use report: it is a file (must be a folder)");
    assertThat(FileTrouble.text(new FileSystemLoopException("data/loop")))
        .contains("Cannot use data/loop: it is a link to a folder that it lies in (delete it)");
    assertThat(FileTrouble.text(new FileSystemException("/data", null, "No space left on device")))
        .contains("Cannot use /data: No space left on device");
    assertThat(FileTrouble.text(new FileSystemException("a", "/b", "No space left on device")))
        .contains("Cannot use /b (from a): No space left on device");
  }

  @Test
  void leavesMessagesThatSayIt() {
    IOException absent = new NoSuchFileException("x.zip");

    assertThat(FileTrouble.text(new UncheckedIOException("Cannot read the run of x", absent)))
        .isEmpty();
    assertThat(FileTrouble.text(new IOException("it is a folder"))).isEmpty();
  }

  @Test
  void reasonsHaveTheFileAndWords() {
    Path file = Path.of("x.zip");
    assertThat(FileTrouble.reason(file, new AccessDeniedException("/data")))
        .isEqualTo("/data: no permission to read or write it");
    assertThat(
            FileTrouble.reason(file, new FileSystemException("/data", null, "Too many open files")))
        .isEqualTo("/data: Too many open files");
    assertThat(FileTrouble.reason(file, new IOException("truncated")))
        .isEqualTo("x.zip: truncated");
    assertThat(FileTrouble.reason(file, new IOException())).isEqualTo("x.zip: java.io.IOException");
  }
}
