package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.Listing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One try at making a dataset, with a scratch folder of its own that the workers share.
 *
 * @param attempt names the scratch folder
 * @param shards 0 when the dataset is there already
 * @param started in ms since the epoch
 */
public record IngestAttempt(IngestRequest request, String attempt, int shards, long started) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * What the source's listing says of the dataset as a whole.
   *
   * @param classes the chosen ones, sorted
   * @param refused entries that cannot be images of the dataset, whatever their content
   */
  record Listed(List<String> classes, List<DeadLetter> refused) {}

  @JsonIgnore
  Path scratch() {
    return Path.of(request.workdir()).resolve("scratch").resolve(attempt);
  }

  /** Leaves the listing to the commit, which then need not open the source. */
  void write(Listed listed) throws IOException {
    DurableFiles.replace(listing(), MAPPER.writeValueAsBytes(listed));
  }

  Listed readListed() throws IOException {
    return MAPPER.readValue(Files.readAllBytes(listing()), Listed.class);
  }

  /**
   * Tells whoever takes the shard what to read. Not forced to disk: no attempt outlives a crash.
   */
  void writeItems(int shard, List<Listing.Item> items) throws IOException {
    Files.write(items(shard), MAPPER.writeValueAsBytes(items));
  }

  List<Listing.Item> readItems(int shard) throws IOException {
    return Arrays.asList(MAPPER.readValue(Files.readAllBytes(items(shard)), Listing.Item[].class));
  }

  private Path items(int shard) {
    return numbered("items-%05d.json", shard);
  }

  private Path listing() {
    return scratch().resolve("listing.json");
  }

  Path part(int shard) {
    return numbered("part-%05d.parquet", shard);
  }

  Path rows(int shard) {
    return numbered("rows-%05d.tsv", shard);
  }

  /** Written last: a shard without a report is not there. */
  Path report(int shard) {
    return numbered("shard-%05d.json", shard);
  }

  /** In the same digits on every worker. */
  private Path numbered(String format, int shard) {
    return scratch().resolve(String.format(Locale.ROOT, format, shard));
  }

  /**
   * Whether the caller is the first to ask for this shard. Who asks first and then dies leaves the
   * shard to the commit, which makes what is missing.
   */
  boolean take(int shard) throws IOException {
    try {
      Files.createFile(numbered("taken-%05d", shard));
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    }
  }
}
