package dev.twofold.transforms;

import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.ingest.SharedWorkdir;
import dev.twofold.transforms.predict.ImagePart;
import dev.twofold.transforms.predict.PartPreparer;
import dev.twofold.transforms.predict.PredictionRequest;
import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.ModelProcesses;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Classifies the images of a request: prepares them side by side, as ingestion does, and gives all
 * of them to one model process, which writes the predictions. Output: the number of parts.
 */
public final class PredictImages
    extends PTransform<PCollection<PredictionRequest>, PCollection<Integer>> {
  private static final long serialVersionUID = 1L;

  private final String request;
  private final String model;

  /**
   * The step.
   *
   * @param request that is the input's one element
   * @param model request to the model process, of the folder that the request prepares
   */
  public PredictImages(PredictionRequest request, ModelRequest model) {
    this.request = TrainingJson.MAPPER.valueToTree(request).toString();
    this.model = TrainingJson.MAPPER.valueToTree(model).toString();
  }

  @Override
  public PCollection<Integer> expand(PCollection<PredictionRequest> requests) {
    return requests
        .apply("List images", ParDo.of(new ListImages()))
        .setCoder(JsonCoder.of(ImagePart.class))
        .apply("Spread parts", Reshuffle.viaRandomKey())
        .apply("Prepare images", ParDo.of(new Prepare(request)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
        .apply("Await parts", GroupByKey.create())
        .apply("Classify", ParDo.of(new Classify(model)))
        .setCoder(VarIntCoder.of());
  }

  /** Embedded Flink has no other end before the last image is prepared. */
  private static void endWhereCancelled() throws IOException {
    if (ModelProcesses.isCancelled()) {
      throw new IOException("cancelled");
    }
  }

  private static final class ListImages extends DoFn<PredictionRequest, ImagePart> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element PredictionRequest request, OutputReceiver<ImagePart> out)
        throws IOException {
      endWhereCancelled();
      ImagePart.list(request).forEach(out::output);
    }
  }

  static final class Prepare extends DoFn<ImagePart, KV<String, Integer>> {
    private static final long serialVersionUID = 1L;
    private final String request;
    private transient PartPreparer preparer;

    Prepare(String request) {
      this.request = request;
    }

    @Setup
    public void open() throws IOException {
      PredictionRequest prediction =
          TrainingJson.MAPPER.readValue(request, PredictionRequest.class);
      SharedWorkdir.require(Path.of(prediction.workdir()), Path.of(prediction.prepared()));
      preparer = new PartPreparer(prediction);
    }

    @ProcessElement
    public void process(@Element ImagePart part, OutputReceiver<KV<String, Integer>> out)
        throws IOException {
      endWhereCancelled();
      preparer.prepare(part);
      out.output(KV.of("", part.number()));
    }

    @Teardown
    public void close() {
      preparer.close();
    }
  }

  private static final class Classify extends DoFn<KV<String, Iterable<Integer>>, Integer> {
    private static final long serialVersionUID = 1L;
    private final String model;

    Classify(String model) {
      this.model = model;
    }

    @ProcessElement
    public void process(@Element KV<String, Iterable<Integer>> parts, OutputReceiver<Integer> out)
        throws IOException, InterruptedException {
      ModelRequest request = TrainingJson.MAPPER.readValue(model, ModelRequest.class);
      // Not among what is prepared, which goes in the end: its log is named where it fails.
      Path prepared = Path.of(request.predict().prepared());
      Path folder = prepared.resolveSibling("processes").resolve(prepared.getFileName());
      boolean failed = false;
      try {
        ModelProcesses.Ending ending =
            ModelProcesses.run(request, folder, DeviceChoice.CPU, ModelProcesses.MAX_SILENCE);
        failed = ending.code() != 0 && !ModelProcesses.isCancelled();
        if (ending.code() != 0) {
          throw new IOException("Cannot classify: " + ending.reason());
        }
      } finally {
        if (!failed) {
          DurableFiles.deleteTree(folder);
        }
      }
      int count = 0;
      for (Integer part : parts.getValue()) {
        count += part >= 0 ? 1 : 0;
      }
      out.output(count);
    }
  }
}
