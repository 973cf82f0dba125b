package dev.twofold.transforms.training;

import java.util.Map;

/**
 * {@code result.json} of a trained unit.
 *
 * @param tasks by name
 * @param steps joint steps done
 * @param seconds spent in training, all attempts together
 * @param shares last value of each metric that is the method's own: {@code sharing/…}, {@code
 *     compression…}, {@code sparsity/…}, {@code objective}
 */
public record UnitResult(
    Map<String, TaskScore> tasks, int steps, double seconds, Map<String, Double> shares) {

  /**
   * One task's test side.
   *
   * @param accuracy of the last weights on the test side, as the trainer counts it
   * @param trainImages images of the training side
   * @param testImages images of the test side
   */
  public record TaskScore(double accuracy, double loss, int trainImages, int testImages) {}
}
