package dev.twofold.models.training;

import java.util.Map;
import java.util.function.Supplier;

/** What is told of a training: logging, saving and stopping are observers. */
public interface TrainingObserver {

  /** The training begins, or goes on at a step. */
  default void started(Course course, int step) {}

  /**
   * A step is done.
   *
   * @param step its number, from 1
   * @param losses of each task, in the order of the group
   * @param checkpoint makes the state after this step
   * @return whether to go on
   */
  default boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
    return true;
  }

  /**
   * An epoch is over.
   *
   * @param epoch its number, from 1
   * @param step steps done
   * @param metrics name → value
   * @param checkpoint makes the state after this epoch
   */
  default void epochEnded(
      int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {}
}
