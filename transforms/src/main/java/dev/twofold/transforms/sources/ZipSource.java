package dev.twofold.transforms.sources;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zip archive, listed by its central directory. */
final class ZipSource extends ListedOnDemand {
  private static final long UNKNOWN = -1;

  private final ZipFile zip;

  private ZipSource(String dataset, Path path, ZipFile zip) {
    super(dataset, path);
    this.zip = zip;
  }

  static ZipSource open(String dataset, Path path) throws IOException {
    return new ZipSource(dataset, path, openZip(path));
  }

  /** Old archives spell names in the code page of their maker, which any 8-bit set keeps apart. */
  private static ZipFile openZip(Path path) throws IOException {
    try {
      return new ZipFile(path.toFile(), StandardCharsets.UTF_8);
    } catch (ZipException badName) {
      try {
        return new ZipFile(path.toFile(), StandardCharsets.ISO_8859_1);
      } catch (ZipException damaged) {
        throw badName;
      }
    }
  }

  @Override
  List<SourceEntry> list() {
    return zip.stream()
        .filter(entry -> !entry.isDirectory())
        .map(entry -> new SourceEntry(entry.getName(), entry.getSize(), 0))
        .sorted(Comparator.comparing(SourceEntry::path))
        .toList();
  }

  @Override
  public byte[] read(SourceEntry entry) throws IOException {
    ZipEntry zipped = zip.getEntry(entry.path());
    if (zipped == null) {
      throw new SourceFaultException("is no longer in the archive");
    }
    try (InputStream in = zip.getInputStream(zipped)) {
      byte[] content = ImageSource.readBounded(in, entry.size());
      compareChecksums(zipped, content);
      return content;
    } catch (ZipException | EOFException e) {
      throw new SourceFaultException(e);
    }
  }

  /** The Java library does not, except of streams. */
  private static void compareChecksums(ZipEntry zipped, byte[] content)
      throws SourceFaultException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    if (zipped.getCrc() != UNKNOWN && zipped.getCrc() != checksum.getValue()) {
      throw new SourceFaultException(
          "damaged: its checksum is %08x, that in the archive %08x"
              .formatted(checksum.getValue(), zipped.getCrc()));
    }
  }

  @Override
  public String describe(SourceEntry entry) {
    return path().getFileName() + "!" + entry.path();
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close %s: %s".formatted(path(), e), e);
    }
  }
}
