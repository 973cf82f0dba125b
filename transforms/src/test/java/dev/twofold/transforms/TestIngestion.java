package dev.twofold.transforms;

import dev.twofold.transforms.ingest.IngestAttempt;
import dev.twofold.transforms.ingest.IngestResult;
import dev.twofold.transforms.ingest.Ingestion;
import java.io.IOException;

/** Steps of an ingestion that nobody stops. */
public final class TestIngestion {

  private TestIngestion() {}

  /** Takes and writes shards until none is left. */
  public static void work(IngestAttempt attempt) throws IOException {
    Ingestion.work(attempt, () -> false);
  }

  /** Makes the shards a dataset. */
  public static IngestResult commit(IngestAttempt attempt)
      throws IOException, InterruptedException {
    return Ingestion.commit(attempt, () -> false);
  }
}
