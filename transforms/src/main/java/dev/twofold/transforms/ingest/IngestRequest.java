package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.twofold.models.ImageShape;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.images.Fit;
import dev.twofold.transforms.sources.ClassNames;
import dev.twofold.transforms.sources.ClassSelection;
import dev.twofold.transforms.sources.Layout;
import dev.twofold.transforms.sources.SourceDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One dataset to make.
 *
 * @param name for messages and people; not in the key
 * @param source path of a folder, .zip, .tar, .tar.gz or .tgz
 * @param layout class/file, split/class/file, or the path of a label file
 * @param classNames path of a file that names classes, or empty
 * @param classes which classes; empty for all
 * @param draw how many of them to draw by {@code seed}; 0 for all
 * @param limit most images of one class; 0 for all
 * @param fit stretch, crop, pad or ink
 * @param maxDeadLetters the fraction of entries that may be lost
 * @param workdir where the artifact goes
 * @param key hex of the stage key, of what {@link #keyInputs} gives
 */
public record IngestRequest(
    String name,
    String source,
    String layout,
    String classNames,
    List<String> classes,
    int draw,
    long seed,
    int limit,
    int height,
    int width,
    int channels,
    String fit,
    double maxDeadLetters,
    String workdir,
    String key) {
  private static final String STAGE = "ingest";

  /**
   * Raised when the same request makes other rows: what stands in old artifacts is then stale. In
   * 1, and 2 of {@code crop}, odd bitmaps, TIFFs, GIFs, grey PNGs, tars and label files had.
   */
  private static final int FORMAT = 3;

  public IngestRequest {
    classes = List.copyOf(classes);
    if (!(maxDeadLetters >= 0 && maxDeadLetters <= 1)) {
      throw new IllegalArgumentException(
          "Invalid maxDeadLetters of dataset %s: %s (must be from 0 to 1)"
              .formatted(name, maxDeadLetters));
    }
  }

  /** Everything that shapes the rows; reads the digests of source, label file and class names. */
  public Map<String, Object> keyInputs() {
    return keyInputs(new SourceDigest(Path.of(workdir)));
  }

  /**
   * As above.
   *
   * @param digest of this workdir, which others that read the same source may ask too
   */
  public Map<String, Object> keyInputs(SourceDigest digest) {
    Layout parsed = Layout.parse(layout);
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("stage", STAGE);
    inputs.put("format", FORMAT);
    inputs.put("source", digest.of(name, Path.of(source)));
    inputs.put("layout", parsed.kind().toString());
    inputs.put("labels", digestOrName(digest, parsed.labels()));
    inputs.put("classNames", classNames.isEmpty() ? "" : digest.of(name, Path.of(classNames)));
    inputs.put("classes", classes.stream().sorted().toList());
    inputs.put("draw", draw);
    inputs.put("seed", draw == 0 ? 0 : seed);
    inputs.put("limit", limit);
    inputs.put("height", height);
    inputs.put("width", width);
    inputs.put("channels", channels);
    inputs.put("fit", Fit.parse(fit).toString());
    return inputs;
  }

  /** What the listing of the source comes from: a part of what shapes the rows. */
  Map<String, Object> listingInputs(SourceDigest digest) {
    Map<String, Object> inputs = keyInputs(digest);
    inputs.keySet().retainAll(Set.of("format", "source", "layout", "labels", "classNames"));
    return inputs;
  }

  /** Which of source, label file and class names are not where they were when last read. */
  public List<Path> absent() {
    String labels = Layout.parse(layout).labels();
    return Stream.of(
            source, isOwnFile(new SourceDigest(Path.of(workdir)), labels) ? labels : "", classNames)
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(Files::notExists)
        .toList();
  }

  /** The same request with the hex of its key. */
  public IngestRequest withKey(String hex) {
    return new IngestRequest(
        name,
        source,
        layout,
        classNames,
        classes,
        draw,
        seed,
        limit,
        height,
        width,
        channels,
        fit,
        maxDeadLetters,
        workdir,
        hex);
  }

  @JsonIgnore
  public StageKey stageKey() {
    return new StageKey(STAGE, key);
  }

  @JsonIgnore
  public ImageShape shape() {
    return new ImageShape(height, width, channels);
  }

  @JsonIgnore
  public ClassSelection selection() {
    return new ClassSelection(classes, draw, seed);
  }

  @JsonIgnore
  ArtifactStore store() {
    return new ArtifactStore(Path.of(workdir));
  }

  ClassNames readClassNames() {
    return classNames.isEmpty() ? ClassNames.none() : ClassNames.read(name, Path.of(classNames));
  }

  /** A label file inside the source is covered by the source's digest; its name tells which. */
  private String digestOrName(SourceDigest digest, String labels) {
    return isOwnFile(digest, labels) ? digest.of(name, Path.of(labels)) : labels;
  }

  /** One that is gone was a file of its own where the source is gone too, else it is inside. */
  private boolean isOwnFile(SourceDigest digest, String labels) {
    Path file = Path.of(labels);
    return !labels.isEmpty()
        && (Files.exists(file) || (Files.notExists(Path.of(source)) && digest.knows(file)));
  }
}
