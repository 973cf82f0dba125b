package dev.twofold.transforms.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * A tar archive, read by offset. A tar inside it counts as a folder of the same name without {@code
 * .tar}, which is how ImageNet comes.
 */
final class TarSource extends ListedOnDemand {
  private final Path tar;
  private final FileChannel channel;

  private TarSource(String dataset, Path path, Path tar, FileChannel channel) {
    super(dataset, path);
    this.tar = tar;
    this.channel = channel;
  }

  /**
   * Opens an archive.
   *
   * @param path of the archive, as the user knows it
   * @param tar the archive, uncompressed
   */
  static TarSource open(String dataset, Path path, Path tar) throws IOException {
    return new TarSource(dataset, path, tar, FileChannel.open(tar, StandardOpenOption.READ));
  }

  @Override
  List<SourceEntry> list() throws IOException {
    List<SourceEntry> entries = new Lister(tar, channel, StandardCharsets.UTF_8).list();
    if (entries.stream().anyMatch(entry -> unread(entry.path()) > 0)) {
      List<SourceEntry> bytewise = new Lister(tar, channel, StandardCharsets.ISO_8859_1).list();
      for (int i = 0; i < entries.size(); i++) {
        SourceEntry entry = entries.get(i);
        String path = readable(entry.path(), bytewise.get(i).path());
        entries.set(i, new SourceEntry(path, entry.size(), entry.offset()));
      }
    }
    entries.sort(Comparator.comparing(SourceEntry::path));
    return entries;
  }

  /**
   * Old archives spell names in the code page of their maker, which any 8-bit set keeps apart. Of
   * each name by itself, since one may stand among names in UTF-8.
   */
  private static String readable(String path, String bytewise) {
    String[] names = path.split("/", -1);
    String[] others = bytewise.split("/", -1);
    for (int i = 0; i < names.length; i++) {
      if (unread(names[i]) > unread(others[i])) {
        names[i] = others[i];
      }
    }
    return String.join("/", names);
  }

  /** Characters that stand for bytes that are no UTF-8, or for themselves in every code page. */
  private static long unread(String name) {
    return name.chars().filter(c -> c == '?').count();
  }

  private static final class Lister {
    private final Path tar;
    private final FileChannel channel;
    private final Charset names;
    private final List<SourceEntry> entries = new ArrayList<>();

    Lister(Path tar, FileChannel channel, Charset names) {
      this.tar = tar;
      this.channel = channel;
      this.names = names;
    }

    /** In the order of the archive. */
    List<SourceEntry> list() throws IOException {
      list(0, channel.size(), "");
      return entries;
    }

    private void list(long start, long size, String folder) throws IOException {
      try (TarFile archive = open(start, size)) {
        for (TarArchiveEntry entry : archive.getEntries()) {
          if (!entry.isDirectory()) {
            add(entry, start + entry.getDataOffset(), folder);
          }
        }
      }
    }

    private TarFile open(long start, long size) throws IOException {
      try {
        return new TarFile(
            new ChannelSlice(tar, channel, start, size),
            TarConstants.DEFAULT_BLKSIZE,
            TarConstants.DEFAULT_RCDSIZE,
            names.name(),
            false);
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        throw new SourceFaultException(e);
      }
    }

    private void add(TarArchiveEntry entry, long offset, String folder) throws IOException {
      String path = folder + entry.getName();
      if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink()) {
        entries.add(new SourceEntry(path, 0, SourceEntry.NO_CONTENT));
      } else if (folder.isEmpty() && isTar(path)) {
        String inner = path.substring(0, path.length() - ".tar".length()) + "/";
        list(offset, entry.getSize(), inner);
      } else {
        entries.add(new SourceEntry(path, entry.getSize(), offset));
      }
    }

    /** A resource fork of macOS has the name of what it belongs to. */
    private static boolean isTar(String path) {
      return path.toLowerCase(Locale.ROOT).endsWith(".tar")
          && !EntryNames.isDross(EntryNames.parts(path));
    }
  }

  @Override
  public byte[] read(SourceEntry entry) throws IOException {
    if (!entry.hasContent()) {
      throw new SourceFaultException("is a link, not a file");
    }
    ImageSource.checkSize(entry.size());
    ByteBuffer content = ByteBuffer.allocate((int) entry.size());
    while (content.hasRemaining()) {
      if (channel.read(content, entry.offset() + content.position()) < 0) {
        throw new SourceFaultException("truncated");
      }
    }
    return content.array();
  }

  @Override
  public String describe(SourceEntry entry) {
    return path().getFileName() + "!" + entry.path();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close %s: %s".formatted(path(), e), e);
    }
  }
}
