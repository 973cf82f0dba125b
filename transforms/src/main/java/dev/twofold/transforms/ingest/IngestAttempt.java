package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One try at making a dataset, with a scratch folder of its own that the workers share.
 *
 * @param attempt names the scratch folder
 * @param shards 0 when the dataset is there already
 * @param started in ms since the epoch
 */
public record IngestAttempt(IngestRequest request, String attempt, int shards, long started) {

  @JsonIgnore
  Path scratch() {
    return Path.of(request.workdir()).resolve("scratch").resolve(attempt);
  }

  Path part(int shard) {
    return scratch().resolve("part-%05d.parquet".formatted(shard));
  }

  Path rows(int shard) {
    return scratch().resolve("rows-%05d.tsv".formatted(shard));
  }

  /** Written last: a shard without a report is not there. */
  Path report(int shard) {
    return scratch().resolve("shard-%05d.json".formatted(shard));
  }

  /**
   * Whether the caller is the first to ask for this shard. Who asks first and then dies leaves the
   * shard to the commit, which makes what is missing.
   */
  boolean take(int shard) throws IOException {
    try {
      Files.createFile(scratch().resolve("taken-%05d".formatted(shard)));
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    }
  }
}
