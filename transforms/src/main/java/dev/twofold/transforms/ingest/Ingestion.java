package dev.twofold.transforms.ingest;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The three steps of making a dataset, each safe to do twice: {@link #begin} once, {@link #work} by
 * as many workers as there are, {@link #commit} when all of them are done.
 */
public final class Ingestion {
  /** A scratch folder that nobody wrote to for so long belongs to a dead attempt. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private Ingestion() {}

  /**
   * Refuses a dataset that is there and has lost more than this request allows, as the steps do. Of
   * one that is not there nothing is known.
   *
   * @param request with its key
   * @throws dev.twofold.transforms.sources.DataRefusedException when too much of it is lost
   */
  public static void refuseIfTooMuchIsLost(IngestRequest request) {
    DatasetCommit.find(request);
  }

  /** Begins with as many shards as suit the size of the output. */
  public static IngestAttempt begin(IngestRequest request) throws IOException {
    return begin(request, 0);
  }

  /**
   * Lists the source and opens a scratch folder, unless the dataset is there already.
   *
   * @param shards 0 for as many as suit the size of the output
   * @throws dev.twofold.transforms.sources.DataRefusedException when the source cannot be read, or
   *     too much of the dataset that is there is lost
   */
  static IngestAttempt begin(IngestRequest request, int shards) throws IOException {
    long started = System.currentTimeMillis();
    ArtifactStore store = request.store();
    String name = "ingest-%s-%s".formatted(request.key(), UUID.randomUUID());
    if (DatasetCommit.find(request).isPresent()) {
      return new IngestAttempt(request, name, 0, started);
    }
    deleteAbandoned(store, request);
    IngestPlan plan = IngestPlan.of(request);
    store.createScratch(name);
    IngestAttempt attempt =
        new IngestAttempt(request, name, shards == 0 ? plan.shards(request) : shards, started);
    try {
      for (int shard = 0; shard < attempt.shards(); shard++) {
        attempt.writeItems(shard, plan.shard(shard, attempt.shards()));
      }
      attempt.write(new IngestAttempt.Listed(plan.classes(), plan.refused()));
      return attempt;
    } catch (IOException | RuntimeException e) {
      DurableFiles.deleteTree(attempt.scratch());
      throw e;
    }
  }

  /**
   * Takes and writes shards until none is left, or until it is stopped, which ends the attempt.
   *
   * @param stopped asked before every image
   * @throws IOException also when it was stopped
   */
  public static void work(IngestAttempt attempt, BooleanSupplier stopped) throws IOException {
    ShardWorker.workOn(attempt, stopped);
  }

  /**
   * Makes the shards a dataset, or stops; what a dead worker left undone is done here.
   *
   * @param stopped asked before every image that is left, and while another invocation makes the
   *     same dataset
   * @throws InterruptedException also when it was stopped in the latter
   * @throws IOException also when it was stopped in the former
   */
  public static IngestResult commit(IngestAttempt attempt, BooleanSupplier stopped)
      throws IOException, InterruptedException {
    return DatasetCommit.commit(attempt, stopped);
  }

  private static void deleteAbandoned(ArtifactStore store, IngestRequest request)
      throws IOException {
    Path scratch = store.workdir().resolve("scratch");
    if (!Files.isDirectory(scratch)) {
      return;
    }
    try (Stream<Path> folders = Files.list(scratch)) {
      List<Path> ofThisKey =
          folders
              .filter(
                  folder -> folder.getFileName().toString().startsWith("ingest-" + request.key()))
              .toList();
      for (Path folder : ofThisKey) {
        long age = System.currentTimeMillis() - Files.getLastModifiedTime(folder).toMillis();
        if (age > ABANDONED.toMillis()) {
          DurableFiles.deleteTree(folder);
        }
      }
    }
  }
}
