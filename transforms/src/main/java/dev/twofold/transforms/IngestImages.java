package dev.twofold.transforms;

import dev.twofold.transforms.ingest.IngestAttempt;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.IngestResult;
import dev.twofold.transforms.ingest.Ingestion;
import dev.twofold.transforms.training.ModelProcesses;
import java.io.IOException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Makes each requested dataset an artifact of Parquet files, or reuses the one that is there.
 *
 * <p>Runners spread few elements unevenly, so the elements between the steps are workers, several a
 * slot: whichever runs first takes shards until none is left. The dataset does not depend on how
 * many there are, nor on an element being processed twice.
 */
public final class IngestImages
    extends PTransform<PCollection<IngestRequest>, PCollection<IngestResult>> {
  private static final long serialVersionUID = 1L;

  private final int workers;

  /**
   * The stage.
   *
   * @param workers of a dataset, at most; several times the number of slots
   */
  public IngestImages(int workers) {
    this.workers = workers;
  }

  @Override
  public PCollection<IngestResult> expand(PCollection<IngestRequest> requests) {
    return requests
        .apply("List sources", ParDo.of(new ListSource(workers)))
        .setCoder(JsonCoder.of(IngestAttempt.class))
        .apply("Spread workers", Reshuffle.viaRandomKey())
        .apply("Write shards", ParDo.of(new WriteShards()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), JsonCoder.of(IngestAttempt.class)))
        .apply("Await workers", GroupByKey.create())
        .apply("Commit datasets", ParDo.of(new CommitDataset()))
        .setCoder(JsonCoder.of(IngestResult.class));
  }

  private static final class ListSource extends DoFn<IngestRequest, IngestAttempt> {
    private static final long serialVersionUID = 1L;
    private final int workers;

    ListSource(int workers) {
      this.workers = workers;
    }

    @ProcessElement
    public void process(@Element IngestRequest request, OutputReceiver<IngestAttempt> out)
        throws IOException {
      IngestAttempt attempt = Ingestion.begin(request);
      int useful = Math.max(1, Math.min(workers, attempt.shards()));
      for (int i = 0; i < useful; i++) {
        out.output(attempt);
      }
    }
  }

  private static final class WriteShards extends DoFn<IngestAttempt, KV<String, IngestAttempt>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element IngestAttempt attempt, OutputReceiver<KV<String, IngestAttempt>> out)
        throws IOException {
      Ingestion.work(attempt, ModelProcesses::isCancelled);
      out.output(KV.of(attempt.attempt(), attempt));
    }
  }

  private static final class CommitDataset
      extends DoFn<KV<String, Iterable<IngestAttempt>>, IngestResult> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<IngestAttempt>> workers, OutputReceiver<IngestResult> out)
        throws IOException, InterruptedException {
      out.output(
          Ingestion.commit(workers.getValue().iterator().next(), ModelProcesses::isCancelled));
    }
  }
}
