package dev.twofold.models.training;

import java.util.List;

/**
 * How long a unit trains, in joint steps.
 *
 * @param stepsPerEpoch joint steps an epoch
 * @param steps joint steps in all
 */
public record Course(int stepsPerEpoch, int steps) {

  /**
   * The length that these settings give.
   *
   * @param sizes training images of each task
   */
  public static Course of(TrainingSettings settings, List<Integer> sizes) {
    int stepsPerEpoch = stepsPerEpoch(settings, sizes);
    int steps =
        settings.steps() != null
            ? settings.steps()
            : Math.multiplyExact(settings.epochs(), stepsPerEpoch);
    return new Course(stepsPerEpoch, steps);
  }

  /**
   * Joint steps of an epoch.
   *
   * @param sizes training images of each task
   */
  public static int stepsPerEpoch(TrainingSettings settings, List<Integer> sizes) {
    double images =
        switch (settings.epochLength()) {
          case MAX -> sizes.stream().mapToInt(Integer::intValue).max().orElseThrow();
          case MIN -> sizes.stream().mapToInt(Integer::intValue).min().orElseThrow();
          case MEAN -> sizes.stream().mapToInt(Integer::intValue).average().orElseThrow();
        };
    return (int) Math.ceil(images / settings.batch());
  }

  public int epochs() {
    return (steps + stepsPerEpoch - 1) / stepsPerEpoch;
  }

  /** 1-based number of the epoch that ends with this step (0-based), or 0 when none does. */
  public int epochEndingWith(int step) {
    boolean ends = (step + 1) % stepsPerEpoch == 0 || step + 1 == steps;
    return ends ? step / stepsPerEpoch + 1 : 0;
  }

  /** η of a step: a function of the step over the whole length. */
  public double learningRate(TrainingSettings settings, int step) {
    return switch (settings.schedule()) {
      case CONSTANT -> settings.learningRate();
      case COSINE -> settings.learningRate() * 0.5 * (1 + Math.cos(Math.PI * step / steps));
    };
  }
}
