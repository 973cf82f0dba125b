package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DestinationTest {
  @TempDir private Path folder;
  private Path made;

  @BeforeEach
  void make() throws IOException {
    made = Files.writeString(folder.resolve("made"), "new");
  }

  @Test
  void aPipeIsWrittenIntoAndStays() throws Exception {
    Path pipe = folder.resolve("pipe.parquet");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);

    for (Path output : List.of(pipe, link)) {
      Files.writeString(made, "new");
      CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> content(pipe));
      Destination.of(output).take(made);

      assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo("new");
      assertThat(Files.readAttributes(pipe, "isOther").get("isOther")).isEqualTo(true);
      assertThat(made).doesNotExist();
    }
    assertThat(link).isSymbolicLink();
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** As of `{ echo first; twofold predict … --output /dev/stdout; } > file`. */
  @Test
  void aFileThatAProcessHasOpenIsAddedTo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "first,");
    try (OutputStream open = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
      Path descriptor = descriptorOf(file);
      Path standardOutput = Files.createSymbolicLink(folder.resolve("stdout"), descriptor);
      Path link = Files.createSymbolicLink(folder.resolve("link"), standardOutput);
      for (Path output : List.of(descriptor, standardOutput, link)) {
        Files.writeString(made, "new,");
        Destination.of(output).take(made);
      }
      open.write('.');
    }
    assertThat(file).hasContent("first,new,new,new,.");
  }

  private static Path descriptorOf(Path file) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(each -> isSame(each, file)).findFirst().orElseThrow();
    }
  }

  private static boolean isSame(Path descriptor, Path file) {
    try {
      return Files.isSameFile(descriptor, file);
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void theFileBehindALinkIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("file"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), first);

    Destination.of(second).take(made);

    assertThat(second).isSymbolicLink();
    assertThat(first).isSymbolicLink();
    assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(file).hasContent("new");
  }

  @Test
  void theFileThatALinkIsToHaveIsMade() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("new/file"));
    assertThat(Destination.of(link).folder()).isEqualTo(folder.resolve("new"));
    Files.createDirectory(folder.resolve("new"));

    Destination.of(link).take(made);

    assertThat(link).isSymbolicLink();
    assertThat(folder.resolve("new/file")).hasContent("new");
  }

  @Test
  void aLinkToItselfIsNoPlace() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));
    assertThatThrownBy(() -> Destination.of(link))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("Too many levels of symbolic links");
  }

  @Test
  void permissionsAreTheReplacedFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    for (String permissions : List.of("rw-------", "rw-rw-r--")) {
      for (Path output : List.of(file, link)) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        Files.writeString(made, "new");
        Destination.of(output).take(made);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo(permissions);
        assertThat(file).hasContent("new");
      }
    }
  }

  /** Or who alone may read it could no more, after root has predicted. */
  @Test
  void theOwnerIsTheReplacedFiles() throws IOException {
    assumeThat(Files.getAttribute(folder, "unix:uid")).isEqualTo(0);
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setAttribute(file, "unix:uid", 4711);
    Files.setAttribute(file, "unix:gid", 4712);

    Destination.of(file).take(made);

    assertThat(file).hasContent("new");
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(4711);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(4712);
  }
}
