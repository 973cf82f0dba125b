package dev.twofold.transforms.sources;

import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.Sha256;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
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
    Path tar = place(archive, workdir);
    if (!Files.exists(tar)) {
      unpack(archive, tar);
    }
    return tar;
  }

  /** Frees the disk when the dataset is made. */
  static void discard(Path archive, Path workdir) throws IOException {
    Files.deleteIfExists(place(archive, workdir));
  }

  private static Path place(Path archive, Path workdir) throws IOException {
    String name = Sha256.of(fingerprint(archive)).substring(0, 32) + ".tar";
    return workdir.resolve("scratch").resolve("unpacked").resolve(name);
  }

  private static void unpack(Path archive, Path tar) throws IOException {
    long limit = Math.max(ALWAYS_ALLOWED, MAX_RATIO * Files.size(archive));
    try (InputStream in = new GZIPInputStream(Files.newInputStream(archive), 1 << 16);
        Output out = Output.of(tar)) {
      copy(in, out, limit);
      out.commit();
    }
  }

  private static void copy(InputStream in, OutputStream out, long limit) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
      if (total > limit) {
        throw new SourceFaultException("unpacks to more than %d bytes".formatted(limit));
      }
      out.write(buffer, 0, n);
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while unpacking");
      }
    }
  }

  private static String fingerprint(Path archive) throws IOException {
    return "%s\t%s\t%s"
        .formatted(
            archive.toAbsolutePath(), Files.size(archive), Files.getLastModifiedTime(archive));
  }

  /** The folder that archives are unpacked to takes no more, which is no fault of the archive. */
  static final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    private NoRoomException(Path folder, IOException cause) {
      super(FileTrouble.reason(folder, cause), cause);
    }
  }

  /** A file that is there as a whole or not at all; tells what the disk says from the archive. */
  private static final class Output extends FilterOutputStream {
    private final Path file;
    private final Path temporary;

    private Output(Path file, Path temporary) throws IOException {
      super(Files.newOutputStream(temporary));
      this.file = file;
      this.temporary = temporary;
    }

    /** Makes the folder too. */
    static Output of(Path file) throws NoRoomException {
      try {
        Files.createDirectories(file.getParent());
        return new Output(file, DurableFiles.temporaryBeside(file));
      } catch (IOException e) {
        throw new NoRoomException(file.getParent(), e);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws NoRoomException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw new NoRoomException(file.getParent(), e);
      }
    }

    void commit() throws NoRoomException {
      try {
        out.close();
        DurableFiles.moveOver(temporary, file);
      } catch (IOException e) {
        throw new NoRoomException(file.getParent(), e);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } finally {
        Files.deleteIfExists(temporary);
      }
    }
  }
}
