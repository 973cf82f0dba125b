package dev.twofold.transforms;

import dev.twofold.transforms.evaluation.TrialBatch;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;

/**
 * Evaluates the trials whose units are whole. An element is a share of the list, since an
 * evaluation is short and loading TensorFlow is not: one process goes through its share.
 */
public final class EvaluateTrials<T> extends PTransform<PCollection<T>, PCollection<Outcome>> {
  private static final long serialVersionUID = 1L;

  private final String plan;
  private final int slots;

  public EvaluateTrials(WorkPlan plan, int slots) {
    this.plan = plan.toJson();
    this.slots = slots;
  }

  @Override
  public PCollection<Outcome> expand(PCollection<T> trained) {
    List<Integer> shares = IntStream.range(0, slots).boxed().toList();
    return trained
        .getPipeline()
        .apply("Share trials out", Create.of(shares).withCoder(VarIntCoder.of()))
        .apply("Await units", Wait.on(trained))
        .apply("Spread shares", Reshuffle.viaRandomKey())
        .apply("Evaluate", ParDo.of(new Evaluate(plan, slots)))
        .setCoder(JsonCoder.of(Outcome.class));
  }

  private static final class Evaluate extends DoFn<Integer, Outcome> {
    private static final long serialVersionUID = 1L;
    private final String plan;
    private final int slots;

    Evaluate(String plan, int slots) {
      this.plan = plan;
      this.slots = slots;
    }

    @ProcessElement
    public void process(@Element Integer share, OutputReceiver<Outcome> out)
        throws IOException, InterruptedException {
      WorkPlan work = WorkPlan.fromJson(plan);
      work.requireShared();
      new TrialBatch(work, share, slots).run().forEach(out::output);
    }
  }
}
