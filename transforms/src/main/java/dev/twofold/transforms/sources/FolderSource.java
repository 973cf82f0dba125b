package dev.twofold.transforms.sources;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder tree; symbolic links are followed, as curated datasets are often made of them. What a
 * link to nothing stands for is not lost in silence: an image is listed, and cannot be read; a
 * folder, as of a mount that is not there, is refused.
 */
final class FolderSource implements ImageSource {
  private final Path root;
  private final List<SourceEntry> entries;

  private FolderSource(Path root, List<SourceEntry> entries) {
    this.root = root;
    this.entries = entries;
  }

  /**
   * Lists the folder.
   *
   * @param dataset for messages
   * @throws DataRefusedException when the locale of this process cannot spell a file's name
   */
  static FolderSource open(String dataset, Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      List<SourceEntry> entries =
          tree.flatMap(file -> entry(dataset, root, file).stream())
              .sorted(Comparator.comparing(SourceEntry::path))
              .toList();
      return new FolderSource(root, entries);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Empty of what is no file. */
  private static Optional<SourceEntry> entry(String dataset, Path root, Path file) {
    try {
      Path read = root.resolve(root.relativize(file).toString());
      String path = root.relativize(read).toString();
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile()
          ? Optional.of(new SourceEntry(path, attributes.size(), 0))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.of(toNothing(dataset, root, file));
    } catch (InvalidPathException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s: this process's locale cannot spell the name of %s (set LC_ALL=C.UTF-8)"
              .formatted(dataset, root, file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SourceEntry toNothing(String dataset, Path root, Path link) {
    if (link.getFileName().toString().indexOf('.') < 0) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s is a link to what is not there (mount it, or take the link away)"
              .formatted(dataset, link));
    }
    return new SourceEntry(root.relativize(link).toString(), 0, SourceEntry.NO_CONTENT);
  }

  @Override
  public List<SourceEntry> entries() {
    return entries;
  }

  @Override
  public byte[] read(SourceEntry entry) throws IOException {
    if (!entry.hasContent()) {
      throw new SourceFaultException("is a link to what is not there");
    }
    try (InputStream in = Files.newInputStream(root.resolve(entry.path()))) {
      return ImageSource.readBounded(in, entry.size());
    }
  }

  @Override
  public String describe(SourceEntry entry) {
    return root.getFileName() + "/" + entry.path();
  }

  @Override
  public void close() {}
}
