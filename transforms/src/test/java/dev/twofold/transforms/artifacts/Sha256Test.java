package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
  @TempDir private Path folder;

  @Test
  void aFileHasTheDigestOfItsBytesWhateverItsSize() throws IOException {
    // head -c $n /dev/zero | sha256sum
    assertDigest(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertDigest(48, "17b0761f87b081d5cf10757ccc89f12be355c70e2e29df288b65b30710dcbcd1");
    assertDigest(65536, "de2f256064a0af797747c2b97505dc0b9f3df0de4f489eac731c23ae9ca9cc31");
    assertDigest(200_001, "814a811f175f9e7ed379ca6788bed88411a690b4187cc8bc2293ebd8f70952d4");
  }

  /** As Flink cancels a task, which must end before its TaskManager is ended instead. */
  @Test
  void anInterruptedThreadReadsNoLargeFileToItsEnd() throws IOException {
    Path file = Files.write(folder.resolve("x"), new byte[200_000]);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Sha256.of(file)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
  }

  private void assertDigest(int zeros, String digest) throws IOException {
    Path file = Files.write(folder.resolve("x"), new byte[zeros]);
    assertThat(Sha256.of(file)).as("%d bytes", zeros).isEqualTo(digest);
  }
}
