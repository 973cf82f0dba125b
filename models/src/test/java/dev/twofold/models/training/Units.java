package dev.twofold.models.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Blobs;
import dev.twofold.models.ImageShape;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.SingleTask;
import dev.twofold.models.training.TrainingSettings.EpochLength;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import dev.twofold.models.training.TrainingSettings.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small units for tests. */
public final class Units {
  public static final BackboneSettings BACKBONE =
      new BackboneSettings(null, List.of("8", "M", "12", "M"), List.of(32), false);
  public static final ImageShape COLOUR = new ImageShape(16, 16, 3);
  public static final ImageShape GREY = new ImageShape(12, 12, 1);

  private Units() {}

  public static TaskData blobs(String name, ImageShape shape, int classes) {
    return new TaskData(
        new Blobs(name, shape, classes, 60, 1),
        new Blobs(name, shape, classes, 40, 2),
        new Augmentation(1, false),
        Map.of());
  }

  public static TrainingSettings steps(int steps) {
    return steps(steps, 5, 0.3);
  }

  /** Without the one norm over all variables of a step. */
  public static TrainingSettings unclipped(int steps) {
    return steps(steps, 0, 0.3);
  }

  /** With neither, no task feels which others there are. */
  public static TrainingSettings unclippedWithoutDropout(int steps) {
    return steps(steps, 0, 0);
  }

  /** One step, whose weight decay takes most of a weight off it some hundred times. */
  public static TrainingSettings diverging() {
    return steps(1, 0, 0, 900, 0.5);
  }

  private static TrainingSettings steps(int steps, double clipNorm, double dropout) {
    return steps(steps, clipNorm, dropout, 0.02, 5e-4);
  }

  private static TrainingSettings steps(
      int steps, double clipNorm, double dropout, double learningRate, double weightDecay) {
    return new TrainingSettings(
        Optimizer.SGD,
        learningRate,
        0.9,
        Schedule.COSINE,
        weightDecay,
        0,
        Reduction.MEAN,
        clipNorm,
        dropout,
        16,
        null,
        steps,
        EpochLength.MAX,
        Precision.FLOAT32);
  }

  public static Start start(Start.From from) {
    return new Start(from, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null);
  }

  /** A network of this task, trained on its own from scratch. */
  public static Auxiliary pretrained(TaskData task, int steps) {
    return pretrained(task, BACKBONE, steps);
  }

  /** As above, with another backbone. */
  public static Auxiliary pretrained(TaskData task, BackboneSettings backbone, int steps) {
    try (Trainer trainer =
        new Trainer(
            new Trainer.Unit(
                new SingleTask(),
                backbone,
                new ColumnStart(start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7),
                steps(steps),
                7,
                1),
            List.of(task),
            new TrainingObserver() {})) {
      TrainedUnit trained = trainer.train(Optional.empty());
      return new Auxiliary(task.training().task(), trained.weights().below(task.name() + "/"));
    }
  }

  public static boolean sameBits(Weights first, Weights second) {
    return first.all().keySet().equals(second.all().keySet())
        && first.all().keySet().stream()
            .allMatch(name -> Arrays.equals(first.get(name).values(), second.get(name).values()));
  }

  /** What an exported model classifies rightly of a source. */
  public static double accuracy(Path model, BatchSource source) throws IOException {
    try (Classifier classifier = Classifier.load(model, source.task().shape())) {
      Batch batch = source.inOrder(0, source.size());
      float[][] probabilities = classifier.predict(batch);
      int right = 0;
      for (int i = 0; i < batch.size(); i++) {
        int best = 0;
        for (int k = 1; k < probabilities[i].length; k++) {
          best = probabilities[i][k] > probabilities[i][best] ? k : best;
        }
        right += best == batch.labels()[i] ? 1 : 0;
      }
      return (double) right / batch.size();
    }
  }
}
