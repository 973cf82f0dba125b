package dev.twofold.transforms.training;

import dev.twofold.transforms.JsonCoder;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Trains units of a plan. The elements are workers, several a slot, since a runner spreads few
 * heavy elements statically: whichever runs first claims units until none is left, and the rest
 * find nothing to do.
 *
 * <p>Input: whatever must be complete before. Output: what became of every unit.
 */
public final class TrainUnits<T> extends PTransform<PCollection<T>, PCollection<Outcome>> {
  private static final long serialVersionUID = 1L;

  /** Workers a slot. */
  private static final int SPARE = 4;

  /** Which of the plan's units. */
  public enum Stage {
    PRETRAIN,
    TRAIN
  }

  private final String plan;
  private final Stage stage;
  private final int slots;

  /**
   * The stage.
   *
   * @param slots units that train side by side
   */
  public TrainUnits(WorkPlan plan, Stage stage, int slots) {
    this.plan = plan.toJson();
    this.stage = stage;
    this.slots = slots;
  }

  @Override
  public PCollection<Outcome> expand(PCollection<T> before) {
    List<Integer> workers = IntStream.range(0, slots * SPARE).boxed().toList();
    return before
        .getPipeline()
        .apply("Name workers", Create.of(workers).withCoder(VarIntCoder.of()))
        .apply("Await inputs", Wait.on(before))
        .apply("Spread workers", Reshuffle.viaRandomKey())
        .apply("Claim and train", ParDo.of(new Work(plan, stage)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
        .apply("Await workers", GroupByKey.create())
        .apply("Gather outcomes", ParDo.of(new Gather(plan, stage)))
        .setCoder(JsonCoder.of(Outcome.class));
  }

  private static List<ModelRequest.Train> units(WorkPlan plan, Stage stage) {
    return stage == Stage.PRETRAIN ? plan.pretrain() : plan.units();
  }

  private static final class Work extends DoFn<Integer, KV<String, Integer>> {
    private static final long serialVersionUID = 1L;
    private final String plan;
    private final Stage stage;

    Work(String plan, Stage stage) {
      this.plan = plan;
      this.stage = stage;
    }

    @ProcessElement
    public void process(@Element Integer worker, OutputReceiver<KV<String, Integer>> out)
        throws IOException, InterruptedException {
      WorkPlan work = WorkPlan.fromJson(plan);
      work.requireShared();
      new UnitClaims(work).work(units(work, stage));
      out.output(KV.of(work.start(), worker));
    }
  }

  private static final class Gather extends DoFn<KV<String, Iterable<Integer>>, Outcome> {
    private static final long serialVersionUID = 1L;
    private final String plan;
    private final Stage stage;

    Gather(String plan, Stage stage) {
      this.plan = plan;
      this.stage = stage;
    }

    @ProcessElement
    public void process(OutputReceiver<Outcome> out) throws IOException {
      WorkPlan work = WorkPlan.fromJson(plan);
      new UnitClaims(work).outcomes(units(work, stage)).forEach(out::output);
    }
  }
}
