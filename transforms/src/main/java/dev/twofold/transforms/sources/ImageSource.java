package dev.twofold.transforms.sources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a dataset's files come from. Entries are listed without reading their content. */
public interface ImageSource extends AutoCloseable {
  /** No photograph is as large; what is, wants to fill the memory. */
  int MAX_ENTRY_BYTES = 256 << 20;

  /**
   * All files, in the order of their path; listed when first asked for.
   *
   * @throws DataRefusedException when the source cannot be listed
   */
  List<SourceEntry> entries();

  /**
   * One file's bytes.
   *
   * @throws SourceFaultException naming the reason, when the entry is damaged or above {@link
   *     #MAX_ENTRY_BYTES}
   * @throws IOException when this machine may be at fault
   */
  byte[] read(SourceEntry entry) throws IOException;

  /** Names an entry for a person, with the archive it stands in. */
  String describe(SourceEntry entry);

  @Override
  void close();

  /**
   * Opens a folder or an archive, whose entries are not looked at yet.
   *
   * @param dataset for messages
   * @param workdir where a compressed tar is unpacked to
   * @throws DataRefusedException when there is nothing to open, or it cannot be opened
   */
  static ImageSource open(String dataset, Path path, Path workdir) {
    if (!Files.exists(path)) {
      throw DataRefusedException.absent(dataset, path);
    }
    return SourceRefusals.of(dataset, path, () -> openExisting(dataset, path, workdir));
  }

  /** Frees what opening this path has unpacked below the workdir. */
  static void discardUnpacked(Path path, Path workdir) throws IOException {
    if (Files.isRegularFile(path)) {
      UnpackedTar.discard(path, workdir);
    }
  }

  /** Whether a path is a folder, or has the name of an archive. */
  static boolean holdsSeveral(Path path) {
    return Files.isDirectory(path) || Archive.of(path).isPresent();
  }

  private static ImageSource openExisting(String dataset, Path path, Path workdir)
      throws IOException {
    if (Files.isDirectory(path)) {
      return new FolderSource(dataset, path);
    }
    Archive kind =
        Archive.of(path)
            .orElseThrow(
                () -> new SourceFaultException("is no folder, .zip, .tar, .tar.gz or .tgz"));
    return switch (kind) {
      case ZIP -> ZipSource.open(dataset, path);
      case TAR -> TarSource.open(dataset, path, path);
      case COMPRESSED_TAR -> TarSource.open(dataset, path, UnpackedTar.of(path, workdir));
    };
  }

  /** Reads a stream that should hold {@code declared} bytes, and not one byte more. */
  static byte[] readBounded(InputStream in, long declared) throws IOException {
    checkSize(declared);
    byte[] content = in.readNBytes((int) declared);
    if (content.length < declared) {
      throw new SourceFaultException(
          "truncated: %d of %d bytes are there".formatted(content.length, declared));
    }
    if (in.read() >= 0) {
      throw new SourceFaultException(
          "longer than the %d bytes that it declares".formatted(declared));
    }
    return content;
  }

  static void checkSize(long bytes) throws SourceFaultException {
    if (bytes < 0 || bytes > MAX_ENTRY_BYTES) {
      throw new SourceFaultException(
          "oversized: %d bytes (must be at most %d)".formatted(bytes, MAX_ENTRY_BYTES));
    }
  }
}
