package dev.twofold.transforms.predict;

import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.sources.SourceEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One file, which is an image by the word of who named it. */
final class SingleImage implements ImageSource {
  private final Path file;

  SingleImage(Path file) {
    this.file = file;
  }

  /** The name is of no matter here, and must hide nothing: the file was asked for. */
  @Override
  public List<SourceEntry> entries() {
    return List.of(new SourceEntry("image.file", file.toFile().length(), 0));
  }

  @Override
  public byte[] read(SourceEntry entry) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return ImageSource.readBounded(in, entry.size());
    }
  }

  @Override
  public String describe(SourceEntry entry) {
    return file.toString();
  }

  @Override
  public void close() {}
}
