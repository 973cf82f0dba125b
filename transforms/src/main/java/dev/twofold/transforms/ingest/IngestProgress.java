package dev.twofold.transforms.ingest;

import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Tells who watches how far an ingestion is: {@code progress.json} in the unfinished artifact,
 * {@code {"done": n, "total": n}}, about once a second.
 *
 * <p>Workers in several processes each count their shards in the scratch folder; whoever writes
 * adds them up.
 */
final class IngestProgress {
  static final String FILE = "progress.json";
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

  private final IngestAttempt attempt;
  private final int total;
  private long next = System.nanoTime() + INTERVAL;

  IngestProgress(IngestAttempt attempt, int total) {
    this.attempt = attempt;
    this.total = total;
  }

  /**
   * Called for every entry; writes when it is time.
   *
   * @param done entries of the shard that are through
   */
  void update(int shard, int done) throws IOException {
    if (System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + INTERVAL;
    count(shard, done);
    Path folder = attempt.request().store().createDirectory(attempt.request().stageKey());
    byte[] json =
        "{\"done\":%d,\"total\":%d}".formatted(sum(), total).getBytes(StandardCharsets.UTF_8);
    DurableFiles.replace(folder.resolve(FILE), json);
  }

  void count(int shard, int done) throws IOException {
    Files.writeString(attempt.count(shard), Integer.toString(done));
  }

  private long sum() throws IOException {
    long sum = 0;
    for (int shard = 0; shard < attempt.shards(); shard++) {
      Path count = attempt.count(shard);
      String text = Files.exists(count) ? Files.readString(count) : "";
      sum += text.isEmpty() ? 0 : Long.parseLong(text);
    }
    return sum;
  }
}
