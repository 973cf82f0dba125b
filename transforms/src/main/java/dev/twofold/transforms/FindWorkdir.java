package dev.twofold.transforms;

import dev.twofold.transforms.training.WorkPlan;
import org.apache.beam.sdk.transforms.DoFn;

/** Passes its elements on where the worker has the client's workdir, and fails where it has not. */
public final class FindWorkdir<T> extends DoFn<T, T> {
  private static final long serialVersionUID = 1L;

  private final String plan;

  public FindWorkdir(WorkPlan plan) {
    this.plan = plan.toJson();
  }

  @ProcessElement
  public void process(@Element T element, OutputReceiver<T> out) {
    WorkPlan.fromJson(plan).requireShared();
    out.output(element);
  }
}
