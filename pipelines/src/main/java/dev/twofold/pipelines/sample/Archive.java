package dev.twofold.pipelines.sample;

import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip file of stored entries that all bear one time, so that equal contents are equal files. It
 * is there as a whole or not at all.
 */
final class Archive implements AutoCloseable {

  private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

  private final Path file;
  private final Path partial;
  private final ZipOutputStream zip;

  Archive(Path file) throws IOException {
    this.file = file;
    this.partial = DurableFiles.temporaryBeside(file);
    zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(partial)));
    zip.setMethod(ZipOutputStream.STORED);
  }

  void add(String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Puts the file in its place; what is closed without leaves none. */
  void finish() throws IOException {
    zip.close();
    DurableFiles.force(partial);
    DurableFiles.moveOver(partial, file);
  }

  @Override
  public void close() throws IOException {
    try {
      zip.close();
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
