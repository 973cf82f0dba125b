package dev.twofold.models.training;

import java.util.Map;

/** What is told of a closed form's computation. */
@FunctionalInterface
public interface FitObserver {

  /**
   * A pass over all tasks is done.
   *
   * @param pass its number, from 1
   * @param passes at most
   * @param metrics name → value; {@code accuracy/<task>} and {@code loss/<task>} among them
   * @return whether to go on
   */
  boolean passed(int pass, int passes, Map<String, Double> metrics);
}
