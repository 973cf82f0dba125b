package dev.twofold.transforms.sources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * A tar archive, read by offset. A tar inside it counts as a folder of the same name without {@code
 * .tar}, which is how ImageNet comes.
 */
final class TarSource implements ImageSource {
  private final Path name;
  private final FileChannel channel;
  private final List<SourceEntry> entries;

  private TarSource(Path name, FileChannel channel, List<SourceEntry> entries) {
    this.name = name;
    this.channel = channel;
    this.entries = entries;
  }

  /**
   * Lists the archive and keeps it open.
   *
   * @param name of the archive, as the user knows it
   * @param tar the archive, uncompressed
   */
  static TarSource open(Path name, Path tar) throws IOException {
    FileChannel channel = FileChannel.open(tar, StandardOpenOption.READ);
    try {
      List<SourceEntry> entries = new ArrayList<>();
      list(channel, 0, channel.size(), "", entries);
      entries.sort(Comparator.comparing(SourceEntry::path));
      return new TarSource(name, channel, List.copyOf(entries));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void list(
      FileChannel channel, long start, long size, String folder, List<SourceEntry> entries)
      throws IOException {
    try (TarFile tar = new TarFile(new ChannelSlice(channel, start, size))) {
      for (TarArchiveEntry entry : tar.getEntries()) {
        if (entry.isDirectory()) {
          continue;
        }
        String path = folder + entry.getName();
        long offset = start + entry.getDataOffset();
        if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink()) {
          entries.add(new SourceEntry(path, 0, SourceEntry.NO_CONTENT));
        } else if (path.toLowerCase(Locale.ROOT).endsWith(".tar") && folder.isEmpty()) {
          String inner = path.substring(0, path.length() - ".tar".length()) + "/";
          list(channel, offset, entry.getSize(), inner, entries);
        } else {
          entries.add(new SourceEntry(path, entry.getSize(), offset));
        }
      }
    }
  }

  @Override
  public List<SourceEntry> entries() {
    return entries;
  }

  @Override
  public byte[] read(SourceEntry entry) throws IOException {
    if (!entry.hasContent()) {
      throw new IOException("is a link, not a file");
    }
    ImageSource.checkSize(entry.size());
    ByteBuffer content = ByteBuffer.allocate((int) entry.size());
    while (content.hasRemaining()) {
      if (channel.read(content, entry.offset() + content.position()) < 0) {
        throw new IOException("truncated");
      }
    }
    return content.array();
  }

  @Override
  public String describe(SourceEntry entry) {
    return name.getFileName() + "!" + entry.path();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close %s: %s".formatted(name, e), e);
    }
  }
}
