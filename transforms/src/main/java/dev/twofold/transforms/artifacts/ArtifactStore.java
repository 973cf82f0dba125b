package dev.twofold.transforms.artifacts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The artifacts below {@code <workdir>/artifacts/<stage>/<key>/}. A folder without a whole manifest
 * is unfinished and counts as nothing.
 */
public final class ArtifactStore {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Folders that an interrupted attempt goes on from: parts of no artifact. */
  public static final String CHECKPOINT = "checkpoint";

  public static final String CHECKPOINT_PARTIAL = "checkpoint.partial";

  private static final String MANIFEST = "manifest.json";

  private final Path workdir;

  public ArtifactStore(Path workdir) {
    this.workdir = workdir;
  }

  public Path workdir() {
    return workdir;
  }

  /** Where the artifact stands or will stand; the folder need not exist. */
  public Path directory(StageKey key) {
    return workdir.resolve("artifacts").resolve(key.stage()).resolve(key.hex());
  }

  /** Creates the folder of an artifact that is to be made. */
  public Path createDirectory(StageKey key) {
    return createFolder(directory(key));
  }

  /** Creates a folder of its own below {@code <workdir>/scratch} for unfinished files. */
  public Path createScratch(String name) {
    return createFolder(workdir.resolve("scratch").resolve(name));
  }

  /** The manifest, if it parses, belongs to this key and all its files are there in full. */
  public Optional<Manifest> find(StageKey key) {
    Path directory = directory(key);
    return read(directory.resolve(MANIFEST))
        .filter(manifest -> manifest.format() == Manifest.FORMAT)
        .filter(manifest -> manifest.key().equals(key.hex()))
        .filter(manifest -> manifest.files().stream().allMatch(file -> isThere(directory, file)));
  }

  /**
   * Lists the folder's files and writes the manifest, which makes the artifact whole.
   *
   * @param inputs what the key was computed from
   * @param context what is worth knowing and not in the key
   */
  public Manifest commit(StageKey key, Object inputs, Object context) {
    Path directory = directory(key);
    JsonNode inputsNode = MAPPER.valueToTree(inputs);
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            key.stage(),
            key.hex(),
            inputsNode,
            MAPPER.valueToTree(context),
            System.currentTimeMillis(),
            list(directory));
    write(key, manifest);
    return manifest;
  }

  /**
   * Takes a folder's files out of a whole artifact's manifest, so that the artifact stays whole
   * when they go.
   */
  public void leaveOut(StageKey key, Manifest manifest, String folder) {
    List<Manifest.Entry> others =
        manifest.files().stream().filter(file -> !file.path().startsWith(folder + "/")).toList();
    write(
        key,
        new Manifest(
            manifest.format(),
            manifest.stage(),
            manifest.key(),
            manifest.inputs(),
            manifest.context(),
            manifest.created(),
            others));
  }

  private void write(StageKey key, Manifest manifest) {
    try {
      DurableFiles.replace(
          directory(key).resolve(MANIFEST),
          MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /** Deletes all files of an artifact that is not whole; a claim on it stays. */
  public void discardUnfinished(StageKey key) {
    if (find(key).isPresent()) {
      return;
    }
    Path directory = directory(key);
    try {
      for (Path child : children(directory)) {
        if (!Claim.isClaimFile(child)) {
          DurableFiles.deleteTree(child);
        }
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private static Optional<Manifest> read(Path file) {
    try {
      return Optional.of(MAPPER.readValue(Files.readAllBytes(file), Manifest.class));
    } catch (IOException | IllegalArgumentException | NullPointerException unreadable) {
      return Optional.empty();
    }
  }

  private static boolean isThere(Path directory, Manifest.Entry entry) {
    try {
      return Files.size(directory.resolve(entry.path())) == entry.size();
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Manifest.Entry> list(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      List<Path> files =
          tree.filter(Files::isRegularFile)
              .filter(file -> isPart(directory.relativize(file)))
              .sorted()
              .toList();
      List<Manifest.Entry> entries = new ArrayList<>();
      for (Path file : files) {
        String path = directory.relativize(file).toString().replace('\\', '/');
        entries.add(new Manifest.Entry(path, Files.size(file)));
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list artifact %s: %s".formatted(directory, e), e);
    }
  }

  /**
   * Whether a file is one of the artifact's own.
   *
   * @param file relative to the artifact's folder
   */
  private static boolean isPart(Path file) {
    String top = file.getName(0).toString();
    // With a dot begins what another attempt has half written, or somebody half deleted.
    boolean hidden = top.startsWith(".") || file.getFileName().toString().startsWith(".");
    return !hidden
        && !top.equals(MANIFEST)
        && !top.equals(CHECKPOINT)
        && !top.equals(CHECKPOINT_PARTIAL)
        && !Claim.isClaimFile(file);
  }

  private static List<Path> children(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  private Path createFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException(
        "Cannot write to workdir %s: %s".formatted(workdir, FileTrouble.reason(workdir, e)), e);
  }
}
