package dev.twofold.transforms.sources;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source's content is: the SHA-256 of an archive's bytes; of a folder, that of its sorted
 * lines {@code path TAB sha256}.
 *
 * <p>Digests are remembered below the workdir for as long as paths, sizes and times of change stay,
 * so that planning need not read all data again.
 */
public final class SourceDigest {
  private static final Logger LOG = LoggerFactory.getLogger(SourceDigest.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path memory;

  public SourceDigest(Path workdir) {
    this.memory = workdir.resolve("digests");
  }

  private record Remembered(String path, String fingerprint, String digest) {}

  /**
   * The digest, remembered or computed.
   *
   * @param dataset for messages
   */
  public String of(String dataset, Path source) {
    if (!Files.exists(source)) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s: there is no such file or folder".formatted(dataset, source));
    }
    try {
      String path = source.toAbsolutePath().normalize().toString();
      Path file = memory.resolve(Sha256.of(path).substring(0, 32) + ".json");
      String fingerprint = fingerprint(source);
      Optional<String> known = recall(file, fingerprint);
      if (known.isPresent()) {
        return known.get();
      }
      String digest = compute(source);
      remember(file, new Remembered(path, fingerprint, digest));
      return digest;
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s: %s".formatted(dataset, source, e), e);
    }
  }

  private static String compute(Path source) throws IOException {
    return Files.isDirectory(source) ? ofFolder(source) : Sha256.of(source);
  }

  private static String ofFolder(Path root) throws IOException {
    MessageDigest digest = Sha256.digest();
    for (SourceEntry entry : entries(root)) {
      String line = entry.path() + "\t" + Sha256.of(root.resolve(entry.path())) + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String fingerprint(Path source) throws IOException {
    if (!Files.isDirectory(source)) {
      return Files.size(source) + "\t" + Files.getLastModifiedTime(source);
    }
    MessageDigest digest = Sha256.digest();
    for (SourceEntry entry : entries(source)) {
      String line =
          "%s\t%d\t%s\n"
              .formatted(
                  entry.path(),
                  entry.size(),
                  Files.getLastModifiedTime(source.resolve(entry.path())));
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<SourceEntry> entries(Path root) throws IOException {
    try (FolderSource folder = FolderSource.open(root)) {
      return folder.entries();
    }
  }

  private static Optional<String> recall(Path file, String fingerprint) {
    try {
      Remembered remembered = MAPPER.readValue(Files.readAllBytes(file), Remembered.class);
      return Optional.of(remembered)
          .filter(entry -> entry.fingerprint().equals(fingerprint))
          .map(Remembered::digest);
    } catch (IOException absentOrDamaged) {
      return Optional.empty();
    }
  }

  /** Forgetting costs time only, so a memory that cannot be written is no fault. */
  private static void remember(Path file, Remembered remembered) {
    try {
      Files.createDirectories(file.getParent());
      DurableFiles.replace(file, MAPPER.writeValueAsBytes(remembered));
    } catch (IOException e) {
      LOG.warn("Cannot remember the digest of {}: {}", remembered.path(), e.toString());
    }
  }
}
