package dev.twofold.models;

import dev.twofold.models.training.FitObserver;
import dev.twofold.models.training.TrainedUnit;

/**
 * A method that is computed from all training images at once, by linear algebra instead of gradient
 * steps. It draws nothing at random, and is over so soon that it is begun again where a graph's
 * training would be resumed.
 */
@FunctionalInterface
public non-sealed interface ClosedForm extends Method {

  /**
   * Computes the networks.
   *
   * @throws IllegalArgumentException when the images do not allow it, naming the task
   */
  TrainedUnit fit(Fitting fitting, FitObserver observer);
}
