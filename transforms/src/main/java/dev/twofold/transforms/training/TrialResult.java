package dev.twofold.transforms.training;

import java.util.List;
import java.util.Map;

/**
 * {@code result.json} of an evaluated trial.
 *
 * @param tasks by name
 * @param trainingSeconds of the trial's units together
 */
public record TrialResult(Map<String, TaskResult> tasks, double trainingSeconds) {

  /**
   * One task's test side.
   *
   * @param accuracy fraction of the test side that is classified rightly
   * @param macroF1 mean F1 of the classes that test or are predicted
   * @param confusion rows are true classes, columns predicted ones
   */
  public record TaskResult(
      double accuracy, double macroF1, List<ClassResult> classes, List<List<Integer>> confusion) {}

  /**
   * One class of a task.
   *
   * @param support test images of the class
   */
  public record ClassResult(String name, double precision, double recall, double f1, int support) {}
}
