package dev.twofold.models.training;

/** A loss stopped being a number: the same settings would only do it again. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(int step, String task, double loss, double lastFinite, double learningRate) {
    super(
        ("Training diverged at step %d: the loss of task %s is %s, the last finite one was %s"
                + " (lower training.learningRate, which is %s, or set training.clipNorm)")
            .formatted(step, task, loss, lastFinite, learningRate));
  }
}
