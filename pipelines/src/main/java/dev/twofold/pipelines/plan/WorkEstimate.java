package dev.twofold.pipelines.plan;

import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.Course;
import dev.twofold.models.training.TrainingSettings;
import java.util.List;
import java.util.Optional;

/** How much there is to compute: enough to start the longest trials first. */
final class WorkEstimate {

  /** A backward pass costs about twice the forward pass. */
  private static final int PASSES = 3;

  /** A closed form is over in seconds: next to nothing, but not nothing, since it has progress. */
  private static final double CLOSED_FORM = 1;

  private WorkEstimate() {}

  /**
   * Multiply-adds of a training whose every step takes one batch of each task.
   *
   * @param training null of a closed form
   * @param factor of the method: {@link dev.twofold.models.GraphMethod#relativeWork}
   */
  static double of(
      TrainingSettings training,
      BackboneSettings backbone,
      List<ImageShape> shapes,
      List<Integer> trainImages,
      int factor) {
    if (training == null) {
      return CLOSED_FORM;
    }
    double perImageOfEach =
        shapes.stream().mapToDouble(shape -> multiplyAdds(backbone, shape)).sum();
    return PASSES * factor * perImageOfEach * training.batch() * steps(training, trainImages);
  }

  private static double steps(TrainingSettings training, List<Integer> trainImages) {
    if (training.steps() != null) {
      return training.steps();
    }
    return (double) training.epochs() * Course.stepsPerEpoch(training, trainImages);
  }

  private static double multiplyAdds(BackboneSettings backbone, ImageShape shape) {
    return new Backbone(backbone, shape.channels(), Optional.empty()).multiplyAdds(shape);
  }
}
