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
final class FolderSource extends ListedOnDemand {
  FolderSource(String dataset, Path root) {
    super(dataset, root);
  }

  /**
   * Walks through the folder.
   *
   * @throws DataRefusedException when the locale of this process cannot spell a file's name
   */
  @Override
  List<SourceEntry> list() throws IOException {
    try (Stream<Path> tree = Files.walk(path(), FileVisitOption.FOLLOW_LINKS)) {
      return tree.flatMap(file -> entry(file).stream())
          .sorted(Comparator.comparing(SourceEntry::path))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Empty of what is no file. */
  private Optional<SourceEntry> entry(Path file) {
    try {
      Path read = path().resolve(path().relativize(file).toString());
      String path = path().relativize(read).toString();
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile()
          ? Optional.of(new SourceEntry(path, attributes.size(), 0))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.of(toNothing(file));
    } catch (InvalidPathException e) {
      throw unspelled(file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DataRefusedException unspelled(Object file, InvalidPathException e) {
    return new DataRefusedException(
        "Cannot read dataset %s: %s: this process's locale cannot spell the name of %s (set LC_ALL=C.UTF-8)"
            .formatted(dataset(), path(), file),
        e);
  }

  private SourceEntry toNothing(Path link) {
    if (link.getFileName().toString().indexOf('.') < 0) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s is a link to what is not there (mount it, or take the link away)"
              .formatted(dataset(), link));
    }
    return new SourceEntry(path().relativize(link).toString(), 0, SourceEntry.NO_CONTENT);
  }

  @Override
  public byte[] read(SourceEntry entry) throws IOException {
    if (!entry.hasContent()) {
      throw new SourceFaultException("is a link to what is not there");
    }
    try (InputStream in = Files.newInputStream(path().resolve(entry.path()))) {
      return ImageSource.readBounded(in, entry.size());
    } catch (InvalidPathException e) { // listed by a process of another locale
      throw unspelled(entry.path(), e);
    }
  }

  @Override
  public String describe(SourceEntry entry) {
    return path().getFileName() + "/" + entry.path();
  }

  @Override
  public void close() {}
}
