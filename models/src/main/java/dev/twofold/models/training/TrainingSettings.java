package dev.twofold.models.training;

import static dev.twofold.models.Setting.check;

/**
 * How a unit is trained: what does not belong to one method alone, with the presets of both papers.
 *
 * @param optimizer {@code sgd} or {@code adamw}
 * @param learningRate at the beginning of the schedule
 * @param momentum of {@code sgd}, in [0, 1); 0 for none
 * @param schedule of the learning rate over the whole length
 * @param weightDecay of kernels and matrices (L2 for sgd, decoupled for adamw); never of biases, Ψ,
 *     α or batch norm
 * @param normRegulariser λ of λ·‖W‖, one norm a column over all its kernels and matrices, not
 *     squared
 * @param reduction of the cross-entropy over a batch
 * @param clipNorm upper bound of the gradient norm, one norm over all variables of a step; 0 for
 *     none
 * @param dropout rate in the hidden fully connected layers
 * @param batch images a task and step
 * @param epochs length in epochs; null when {@code steps} gives it
 * @param steps length in joint steps; null when {@code epochs} gives it
 * @param epochLength which task's size makes an epoch; the others start over, reshuffled, whenever
 *     they are through
 * @param precision {@code float32}, or {@code bfloat16} for most of what a step computes on a CPU:
 *     convolutions, matrix products and what stands between them, such as MTAL's similarities and
 *     merged kernels, clipping, weight decay and the logits that accuracy is measured on. Weights
 *     are kept in float32, and on a GPU all is
 */
public record TrainingSettings(
    Optimizer optimizer,
    double learningRate,
    double momentum,
    Schedule schedule,
    double weightDecay,
    double normRegulariser,
    Reduction reduction,
    double clipNorm,
    double dropout,
    int batch,
    Integer epochs,
    Integer steps,
    EpochLength epochLength,
    Precision precision) {

  /** Update rule. */
  public enum Optimizer {
    SGD,
    ADAMW
  }

  /** Course of the learning rate. */
  public enum Schedule {
    CONSTANT,
    COSINE
  }

  /** Of a batch's cross-entropies. */
  public enum Reduction {
    MEAN,
    SUM
  }

  /** Of the tasks' sizes. */
  public enum EpochLength {
    MAX,
    MIN,
    MEAN
  }

  /** Of a step on a CPU; weights are kept in float32, and on a GPU everything is. */
  public enum Precision {
    FLOAT32,
    BFLOAT16
  }

  public TrainingSettings {
    check(
        learningRate > 0 && learningRate < 1e3,
        "training.learningRate",
        learningRate,
        "in (0, 1000)");
    check(momentum >= 0 && momentum < 1, "training.momentum", momentum, "in [0, 1)");
    check(weightDecay >= 0, "training.weightDecay", weightDecay, "at least 0");
    check(normRegulariser >= 0, "training.normRegulariser", normRegulariser, "at least 0");
    check(clipNorm >= 0, "training.clipNorm", clipNorm, "at least 0; 0 for none");
    check(dropout >= 0 && dropout < 1, "training.dropout", dropout, "in [0, 1)");
    check(batch >= 1, "training.batch", batch, "at least 1");
    check(epochs == null || epochs >= 1, "training.epochs", epochs, "at least 1");
    check(steps == null || steps >= 1, "training.steps", steps, "at least 1");
    if ((epochs == null) == (steps == null)) {
      throw new IllegalArgumentException(
          "Invalid training: epochs %s, steps %s (must have one of epochs and steps)"
              .formatted(epochs, steps));
    }
  }

  /** Ours: docs/methods.md. Learning rate and weight decay are by conf/tune/training.yaml. */
  public static TrainingSettings tuned() {
    return new TrainingSettings(
        Optimizer.SGD,
        0.02,
        0.9,
        Schedule.COSINE,
        5e-4,
        0,
        Reduction.MEAN,
        5,
        0.3,
        32,
        null,
        200,
        EpochLength.MAX,
        Precision.FLOAT32);
  }

  /**
   * [A] §4.3: SGD with learning rate 0.01 and "norm regularization" 0.1, read as 0.1 times the
   * norm, not squared, since the squared norm collapses.
   */
  public static TrainingSettings publishedMtal() {
    return published(0.1, Reduction.MEAN);
  }

  /**
   * [B] §4: SGD with learning rate 0.01 and the cross-entropy summed over the batch, eqs. (4)–(5).
   */
  public static TrainingSettings publishedDamtl() {
    return published(0, Reduction.SUM);
  }

  private static TrainingSettings published(double normRegulariser, Reduction reduction) {
    return new TrainingSettings(
        Optimizer.SGD,
        0.01,
        0,
        Schedule.CONSTANT,
        0,
        normRegulariser,
        reduction,
        0,
        0,
        32,
        null,
        300,
        EpochLength.MAX,
        Precision.FLOAT32);
  }

  /** How the auxiliary network is pre-trained unless the configuration says otherwise. */
  public static TrainingSettings pretraining() {
    return new TrainingSettings(
        Optimizer.ADAMW,
        1e-3,
        0.9,
        Schedule.COSINE,
        5e-4,
        0,
        Reduction.MEAN,
        5,
        0.1,
        64,
        14,
        null,
        EpochLength.MAX,
        Precision.FLOAT32);
  }
}
