package dev.twofold.pipelines.run;

import dev.twofold.transforms.EvaluateTrials;
import dev.twofold.transforms.FindWorkdir;
import dev.twofold.transforms.IngestImages;
import dev.twofold.transforms.JsonCoder;
import dev.twofold.transforms.PretrainAuxiliary;
import dev.twofold.transforms.TrainTrials;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.IngestResult;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.WorkPlan;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** The one Beam pipeline of a run. */
final class TwofoldPipeline {
  /** Edges over which every task sends to every other: seven, and one to spare. */
  static final int SHUFFLES = 8;

  private TwofoldPipeline() {}

  /**
   * Builds the graph.
   *
   * @param datasets to ingest; the whole ones among them are reused
   * @param slots units that train side by side
   */
  static Pipeline build(
      PipelineOptions options, List<IngestRequest> datasets, WorkPlan plan, int slots) {
    Pipeline pipeline = Pipeline.create(options);

    // 1. Images to Parquet
    PCollection<IngestResult> ingested =
        pipeline
            .apply(
                "Name datasets", Create.of(datasets).withCoder(JsonCoder.of(IngestRequest.class)))
            .apply("Find workdir", ParDo.of(new FindWorkdir<>(plan.workdir(), plan.token())))
            .setCoder(JsonCoder.of(IngestRequest.class))
            .apply("Ingest images", new IngestImages(4 * slots));

    // 2. The auxiliary network on the big task
    PCollection<Outcome> pretrained =
        ingested.apply("Pre-train auxiliary", new PretrainAuxiliary<>(plan));

    // 3. The columns, as many units side by side as there are slots
    PCollection<Outcome> trained = pretrained.apply("Train trials", new TrainTrials<>(plan, slots));

    // 4. The exported models on the test sides
    trained.apply("Evaluate trials", new EvaluateTrials<>(plan, slots));
    return pipeline;
  }
}
