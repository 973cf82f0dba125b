package dev.twofold.transforms;

import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.TrainUnits;
import dev.twofold.transforms.training.WorkPlan;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/** Trains every unit that the trials join, as many side by side as there are slots. */
public final class TrainTrials<T> extends PTransform<PCollection<T>, PCollection<Outcome>> {
  private static final long serialVersionUID = 1L;

  private final TrainUnits<T> training;

  public TrainTrials(WorkPlan plan, int slots) {
    this.training = new TrainUnits<>(plan, TrainUnits.Stage.TRAIN, slots);
  }

  @Override
  public PCollection<Outcome> expand(PCollection<T> auxiliary) {
    return auxiliary.apply("Train units", training);
  }
}
