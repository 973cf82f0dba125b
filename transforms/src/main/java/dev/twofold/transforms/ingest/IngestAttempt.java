package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

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
