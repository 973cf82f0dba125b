package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.images.Fit;
import dev.twofold.transforms.images.ImageMemoryException;
import dev.twofold.transforms.images.ImagePreparer;
import dev.twofold.transforms.images.PreparedImage;
import dev.twofold.transforms.images.UnreadableImageException;
import dev.twofold.transforms.parquet.DatasetWriter;
import dev.twofold.transforms.parquet.RowInfo;
import dev.twofold.transforms.parquet.Statistics;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.sources.Listing;
import dev.twofold.transforms.sources.SourceFaultException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Decodes shards of a dataset and writes them to the attempt's scratch folder. */
final class ShardWorker implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final IngestAttempt attempt;
  private final ImageSource source;
  private final ImagePreparer preparer;
  private final BooleanSupplier stopped;

  /**
   * A worker.
   *
   * @param stopped asked before every image
   */
  ShardWorker(IngestAttempt attempt, BooleanSupplier stopped) {
    IngestRequest request = attempt.request();
    SharedWorkdir.require(request.store().workdir(), attempt.scratch());
    this.attempt = attempt;
    this.stopped = stopped;
    this.source = IngestPlan.open(request);
    try {
      this.preparer = new ImagePreparer(request.shape(), Fit.parse(request.fit()));
    } catch (RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  /** Works on shards that nobody has taken until there are none, or the attempt is stopped. */
  static void workOn(IngestAttempt attempt, BooleanSupplier stopped) throws IOException {
    ShardWorker worker = null;
    try {
      for (int shard = 0; shard < attempt.shards(); shard++) {
        if (Files.isDirectory(attempt.scratch()) && attempt.take(shard)) {
          worker = worker == null ? new ShardWorker(attempt, stopped) : worker;
          worker.write(shard);
        }
      }
    } finally {
      if (worker != null) {
        worker.close();
      }
      if (stopped.getAsBoolean()) {
        DurableFiles.deleteTree(attempt.scratch());
      }
    }
  }

  /** Writes a shard; again gives the same. */
  void write(int shard) throws IOException {
    List<Listing.Item> items = attempt.readItems(shard);
    Path part = DurableFiles.temporaryBeside(attempt.part(shard));
    Path rows = DurableFiles.temporaryBeside(attempt.rows(shard));
    try {
      ShardReport report;
      try (DatasetWriter parquet = new DatasetWriter(part);
          BufferedWriter index = Files.newBufferedWriter(rows)) {
        report = write(items, parquet, index);
      }
      DurableFiles.moveOver(part, attempt.part(shard));
      DurableFiles.moveOver(rows, attempt.rows(shard));
      DurableFiles.replace(attempt.report(shard), MAPPER.writeValueAsBytes(report));
    } finally {
      Files.deleteIfExists(part);
      Files.deleteIfExists(rows);
    }
  }

  @Override
  public void close() {
    preparer.close();
    source.close();
  }

  private ShardReport write(List<Listing.Item> items, DatasetWriter parquet, BufferedWriter index)
      throws IOException {
    List<DeadLetter> deadLetters = new ArrayList<>();
    Statistics statistics = new Statistics(attempt.request().channels());
    for (Listing.Item item : items) {
      if (stopped.getAsBoolean()) {
        throw new IOException("cancelled");
      }
      try {
        byte[] file = read(item);
        PreparedImage image = preparer.prepare(file);
        RowInfo row = row(item, file, image);
        parquet.write(row, image.pixels());
        statistics.add(image.pixels());
        index.write(row.id() + "\t" + row.className() + "\t" + row.contentSha256() + "\n");
      } catch (SourceFaultException | UnreadableImageException e) {
        deadLetters.add(new DeadLetter(item.id(), item.className(), e.getMessage()));
      } catch (ImageMemoryException e) {
        throw tooLarge(item, e.getMessage(), e);
      } catch (OutOfMemoryError e) {
        throw tooLarge(item, "out of memory: " + e.getMessage(), e);
      }
    }
    return new ShardReport(items.size() - deadLetters.size(), deadLetters, statistics.sums());
  }

  /**
   * A fault of the source's entry is a dead letter; one of the output or of this machine is not,
   * since what is lost is lost for every run that reuses the dataset.
   */
  private byte[] read(Listing.Item item) throws SourceFaultException {
    try {
      return source.read(item.entry());
    } catch (SourceFaultException e) {
      throw e;
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s (mend that and run again, when nothing writes to the source)"
              .formatted(
                  attempt.request().name(),
                  FileTrouble.reason(Path.of(source.describe(item.entry())), e)),
          e);
    }
  }

  private DataRefusedException tooLarge(Listing.Item item, String reason, Throwable e) {
    return new DataRefusedException(
        "Cannot read dataset %s: %s: %s (lower workers.slots, or give the workers more memory)"
            .formatted(attempt.request().name(), source.describe(item.entry()), reason),
        e);
  }

  private RowInfo row(Listing.Item item, byte[] file, PreparedImage image) {
    IngestRequest request = attempt.request();
    return new RowInfo(
        item.id(),
        item.className(),
        item.split(),
        request.width(),
        request.height(),
        request.channels(),
        Sha256.of(image.pixels()),
        Sha256.of(file),
        source.describe(item.entry()),
        image.originalWidth(),
        image.originalHeight());
  }
}
