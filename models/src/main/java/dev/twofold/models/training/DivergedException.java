package dev.twofold.models.training;

/** A loss or a weight stopped being a number: the same settings would only do it again. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(int step, String what, double value, double lastLoss, double learningRate) {
    super(
        ("Training diverged at step %d: %s is %s, the last finite loss was %s"
                + " (lower training.learningRate, which is %s, or set training.clipNorm)")
            .formatted(step, what, value, lastLoss, learningRate));
  }
}
