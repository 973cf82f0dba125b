package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
  private static final String LIBRARIES = "org/tensorflow/internal/c_api/linux-x86_64-gpu/";
  private static final long TIME = 1_700_000_000_000L;

  @TempDir Path folder;

  private Path jar() throws IOException {
    Path jar = folder.resolve("gpu.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      entry(out, "META-INF/MANIFEST.MF", "no library");
      entry(out, LIBRARIES + "libtensorflow_cc.so.2", "of GPUs");
    }
    return jar;
  }

  private static void entry(JarOutputStream out, String name, String content) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setTime(TIME);
    out.putNextEntry(entry);
    out.write(content.getBytes(StandardCharsets.UTF_8));
    out.closeEntry();
  }

  /** JavaCPP leaves a file alone that has its entry's size and time. */
  @Test
  void librariesAreUnpackedWithTheirTimes() throws Exception {
    NativeCache.unpack(jar(), folder);

    Path library = folder.resolve("libtensorflow_cc.so.2");
    assertThat(library).hasContent("of GPUs");
    assertThat(Files.getLastModifiedTime(library).toMillis()).isEqualTo(TIME);
    assertThat(folder.resolve("MANIFEST.MF")).doesNotExist();
  }

  /** As another job of a TaskManager does, whose classes are not these: a property tells of it. */
  @Test
  void oneWaitsForAnotherOfItsProcess() throws Exception {
    Path jar = jar();
    Path library = folder.resolve("libtensorflow_cc.so.2");
    System.setProperty(NativeCache.UNPACKING, "");
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              try {
                NativeCache.unpack(jar, folder);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      assertThatThrownBy(() -> waiting.get(1, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(library).doesNotExist();
    } finally {
      System.clearProperty(NativeCache.UNPACKING);
    }
    waiting.get(30, TimeUnit.SECONDS);
    assertThat(library).hasContent("of GPUs");
    assertThat(System.getProperty(NativeCache.UNPACKING)).isNull();
  }

  @Test
  void aWholeLibraryIsLeftAndAnotherReplaced() throws Exception {
    Path library = folder.resolve("libtensorflow_cc.so.2");
    NativeCache.unpack(jar(), folder);
    Object first = Files.getAttribute(library, "unix:ino");
    NativeCache.unpack(jar(), folder);
    assertThat(Files.getAttribute(library, "unix:ino")).isEqualTo(first);

    Files.writeString(library, "of a processor");
    NativeCache.unpack(jar(), folder);
    assertThat(library).hasContent("of GPUs");
  }
}
