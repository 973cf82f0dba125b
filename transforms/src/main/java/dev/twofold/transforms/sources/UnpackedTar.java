package dev.twofold.transforms.sources;

import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A compressed tar, unpacked once below the workdir: a gzip stream can be read only from its
 * beginning, so workers could not share it.
 */
final class UnpackedTar {
  /** Images hardly compress; a stream that grows more than this wants to fill the disk. */
  private static final long MAX_RATIO = 100;

  private static final long ALWAYS_ALLOWED = 64L << 20;

  private UnpackedTar() {}

  static Path of(Path archive, Path workdir) throws IOException {
    Path folder = Files.createDirectories(workdir.resolve("scratch").resolve("unpacked"));
    Path tar = folder.resolve(Sha256.of(fingerprint(archive)).substring(0, 32) + ".tar");
    if (!Files.exists(tar)) {
      unpack(archive, tar);
    }
    return tar;
  }

  /** Frees the disk when the dataset is made. */
  static void discard(Path archive, Path workdir) throws IOException {
    Path folder = workdir.resolve("scratch").resolve("unpacked");
    Files.deleteIfExists(folder.resolve(Sha256.of(fingerprint(archive)).substring(0, 32) + ".tar"));
  }

  private static void unpack(Path archive, Path tar) throws IOException {
    Path temporary = DurableFiles.temporaryBeside(tar);
    long limit = Math.max(ALWAYS_ALLOWED, MAX_RATIO * Files.size(archive));
    try {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(archive), 1 << 16);
          OutputStream out = Files.newOutputStream(temporary)) {
        copy(in, out, limit);
      }
      DurableFiles.moveOver(temporary, tar);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void copy(InputStream in, OutputStream out, long limit) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
      if (total > limit) {
        throw new IOException("unpacks to more than %d bytes".formatted(limit));
      }
      out.write(buffer, 0, n);
    }
  }

  private static String fingerprint(Path archive) throws IOException {
    return "%s\t%s\t%s"
        .formatted(
            archive.toAbsolutePath(), Files.size(archive), Files.getLastModifiedTime(archive));
  }
}
