package dev.twofold.transforms.sources;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source's content is: the SHA-256 of an archive's bytes; of a folder, that of its sorted
 * lines {@code path TAB sha256}, of a link to nothing without the latter. What systems leave behind
 * in a folder is not in it.
 *
 * <p>Digests are remembered below the workdir for as long as paths, sizes and times of change stay,
 * so that planning need not read all data again; and where a source has gone, because what was made
 * of it is still there. An instance looks at each source once, which of a folder is a walk through
 * all of it.
 */
public final class SourceDigest {
  private static final Logger LOG = LoggerFactory.getLogger(SourceDigest.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path memory;
  private final Map<String, String> digests = new HashMap<>();

  public SourceDigest(Path workdir) {
    this.memory = workdir.resolve("digests");
  }

  private record Remembered(String path, String fingerprint, String digest) {}

  /**
   * The digest, remembered or computed; of a source that is not there, as it was last read. Asked
   * again, it is what it was at first.
   *
   * @param dataset for messages
   * @throws DataRefusedException when the source is not there and never was, or cannot be read
   */
  public String of(String dataset, Path source) {
    return digests.computeIfAbsent(normal(source), path -> digest(dataset, source));
  }

  private String digest(String dataset, Path source) {
    Optional<Remembered> known = recall(source);
    if (!Files.exists(source)) {
      return known
          .map(Remembered::digest)
          .orElseThrow(() -> DataRefusedException.absent(dataset, source));
    }
    try {
      List<SourceEntry> files =
          Files.isDirectory(source) ? entries(dataset, source) : List.of(); // walked through once
      String fingerprint = fingerprint(source, files);
      if (known.isPresent() && known.get().fingerprint().equals(fingerprint)) {
        return known.get().digest();
      }
      String digest = compute(source, files);
      remember(source, new Remembered(normal(source), fingerprint, digest));
      return digest;
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s (mend that, or name another path)"
              .formatted(dataset, FileTrouble.reason(source, e)),
          e);
    }
  }

  /** Whether a file or folder has been read at this place, be it there still or not. */
  public boolean knows(Path source) {
    return recall(source).isPresent();
  }

  private static String normal(Path source) {
    return source.toAbsolutePath().normalize().toString();
  }

  private Path file(Path source) {
    return memory.resolve(Sha256.of(normal(source)).substring(0, 32) + ".json");
  }

  private static String compute(Path source, List<SourceEntry> files) throws IOException {
    return Files.isDirectory(source) ? ofFolder(source, files) : Sha256.of(source);
  }

  private static String ofFolder(Path root, List<SourceEntry> files) throws IOException {
    MessageDigest digest = Sha256.digest();
    for (SourceEntry entry : files) {
      String content = entry.hasContent() ? Sha256.of(root.resolve(entry.path())) : "";
      String line = entry.path() + "\t" + content + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String fingerprint(Path source, List<SourceEntry> files) throws IOException {
    if (!Files.isDirectory(source)) {
      return Files.size(source) + "\t" + Files.getLastModifiedTime(source);
    }
    MessageDigest digest = Sha256.digest();
    for (SourceEntry entry : files) {
      Object time =
          entry.hasContent() ? Files.getLastModifiedTime(source.resolve(entry.path())) : "";
      String line = "%s\t%s\t%s\n".formatted(entry.path(), entry.size(), time);
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<SourceEntry> entries(String dataset, Path root) {
    try (FolderSource folder = new FolderSource(dataset, root)) {
      return folder.entries().stream().filter(SourceDigest::shapesRows).toList();
    }
  }

  /** A label file does, whatever its name. */
  private static boolean shapesRows(SourceEntry entry) {
    return !EntryNames.isDross(EntryNames.parts(entry.path())) || Layout.isLabelFile(entry.path());
  }

  private Optional<Remembered> recall(Path source) {
    try {
      return Optional.of(MAPPER.readValue(Files.readAllBytes(file(source)), Remembered.class));
    } catch (IOException absentOrDamaged) {
      return Optional.empty();
    }
  }

  /** Forgetting costs time only, so a memory that cannot be written is no fault. */
  private void remember(Path source, Remembered remembered) {
    try {
      Files.createDirectories(memory);
      DurableFiles.replace(file(source), MAPPER.writeValueAsBytes(remembered));
    } catch (IOException e) {
      LOG.warn("Cannot remember the digest of {}: {}", remembered.path(), e.toString());
    }
  }
}
