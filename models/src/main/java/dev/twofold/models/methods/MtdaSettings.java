package dev.twofold.models.methods;

import static dev.twofold.models.Setting.check;

/**
 * Settings of MTDA.
 *
 * @param sharing one common projection for all tasks of a group, or T separate LDAs to compare with
 * @param features what x is: the normalised pixels, or the auxiliary network's last feature map
 * @param r dimensions of the space that the M_t map to, at most: a task whose training features
 *     span fewer sets the bound
 * @param d dimensions of z, at most r; when left out, the largest label set's classes less one: as
 *     many as that task alone has discriminants, so that the tasks must share them
 * @param epsilon ε, in units of the mean variance of a task's features
 * @param iterations passes over P and all M_t, at most
 * @param tolerance relative growth of the objective below which the passes end
 * @param classifier what a class is in the space of z: its mean, or each of its training images
 */
public record MtdaSettings(
    Sharing sharing,
    Features features,
    int r,
    Integer d,
    double epsilon,
    int iterations,
    double tolerance,
    Classifier classifier)
    implements AuxiliaryUse {

  /** What is fitted together. */
  public enum Sharing {
    JOINT,
    SEPARATE
  }

  /** What x is. */
  public enum Features {
    /** The normalised pixels at working size. */
    PIXELS,
    /** The auxiliary network's last feature map. */
    AUXILIARY
  }

  /** What a class is in the space of z. */
  public enum Classifier {
    NEAREST_MEAN,
    NEAREST_NEIGHBOUR
  }

  public MtdaSettings {
    check(r >= 1, "r of mtda", r, "at least 1");
    check(d == null || (d >= 1 && d <= r), "d of mtda", d, "in 1..%d, which is r".formatted(r));
    check(epsilon > 0, "epsilon of mtda", epsilon, "positive");
    check(iterations >= 1, "iterations of mtda", iterations, "at least 1");
    check(tolerance >= 0, "tolerance of mtda", tolerance, "at least 0");
  }

  @Override
  public boolean usesAuxiliary() {
    return features == Features.AUXILIARY;
  }

  static MtdaSettings preset(Preset preset) {
    return switch (preset) {
      // The paper's own settings are not known; it has no network, so x is what a task is given.
      case PUBLISHED -> of(Features.PIXELS);
      // The auxiliary network's features are 10 to 20 points better than pixels.
      case TUNED -> of(Features.AUXILIARY);
    };
  }

  /**
   * ε is ours: docs/methods.md. The optimum is the same for every r from d; the passes begin at 50
   * principal directions and come within the tolerance of it in 15 to 20 passes on Office-31.
   */
  private static MtdaSettings of(Features features) {
    return new MtdaSettings(
        Sharing.JOINT, features, 50, null, 0.1, 50, 1e-4, Classifier.NEAREST_MEAN);
  }
}
