package dev.twofold.transforms.artifacts;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in lower-case hex. */
public final class Sha256 {
  /** Larger ones are read no faster, and most files are smaller. */
  private static final int MOST_BUFFER = 1 << 16;

  private Sha256() {}

  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /** Of the text's UTF-8 bytes. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Of a file's bytes.
   *
   * @throws InterruptedIOException when the thread is interrupted meanwhile: reading a large file
   *     would not notice
   */
  public static String of(Path file) throws IOException {
    MessageDigest digest = digest();
    // At least one byte: into an empty array nothing is read, not even the end.
    byte[] buffer = new byte[(int) Math.max(1, Math.min(MOST_BUFFER, Files.size(file)))];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        if (n == MOST_BUFFER && Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted while reading " + file);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
