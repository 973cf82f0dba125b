package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.models.ImageShape;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * A dataset's dataset.json: docs/artifacts.md.
 *
 * @param digest SHA-256 over the sorted lines {@code id TAB class TAB content_sha256}
 * @param mean per channel, of all rows' pixels / 255
 * @param deviation per channel, of all rows' pixels / 255
 */
public record DatasetSummary(
    String name,
    List<String> classes,
    SortedMap<String, Integer> counts,
    int images,
    int deadLetters,
    int height,
    int width,
    int channels,
    String digest,
    List<Double> mean,
    List<Double> deviation) {
  static final String FILE = "dataset.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Of an ingested dataset. */
  public static DatasetSummary read(Path dataset) {
    try {
      return MAPPER.readValue(Files.readAllBytes(dataset.resolve(FILE)), DatasetSummary.class);
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s (without this folder `twofold run CONFIG` makes it again, or `twofold run CONFIG --force evaluate` where all is evaluated)"
              .formatted(FileTrouble.reason(dataset, e)),
          e);
    }
  }

  /** Of its images. */
  @JsonIgnore
  public ImageShape shape() {
    return new ImageShape(height, width, channels);
  }

  byte[] toJson() throws IOException {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }
}
