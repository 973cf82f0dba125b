package dev.twofold.models.training;

/** A loss or a weight stopped being a number: the same settings would only do it again. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A divergence.
   *
   * @param lastLoss the last finite loss of the attempt; NaN where it has had none
   */
  DivergedException(int step, String what, double value, double lastLoss, double learningRate) {
    super(
        ("Training diverged at step %d: %s is %s%s"
                + " (lower training.learningRate, which is %s, or set training.clipNorm)")
            .formatted(step, what, value, before(lastLoss), learningRate));
  }

  private static String before(double lastLoss) {
    return Double.isNaN(lastLoss) ? "" : ", the last finite loss was " + lastLoss;
  }
}
