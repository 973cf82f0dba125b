package dev.twofold.transforms;

import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.TrainUnits;
import dev.twofold.transforms.training.WorkPlan;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/** Pre-trains the auxiliary network on the big task, or reuses the one that is there. */
public final class PretrainAuxiliary<T> extends PTransform<PCollection<T>, PCollection<Outcome>> {
  private static final long serialVersionUID = 1L;

  private final TrainUnits<T> training;

  public PretrainAuxiliary(WorkPlan plan) {
    this.training = new TrainUnits<>(plan, TrainUnits.Stage.PRETRAIN, 1);
  }

  @Override
  public PCollection<Outcome> expand(PCollection<T> datasets) {
    return datasets.apply("Train the auxiliary network", training);
  }
}
