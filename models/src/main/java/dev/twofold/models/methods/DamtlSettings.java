package dev.twofold.models.methods;

import static dev.twofold.models.Setting.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of DAMTL.
 *
 * @param mode one masked network after the other, or all in one loss (eq. 5)
 * @param maskInit bounds of the uniform start of Ψ; [1, 1] keeps the auxiliary network as it is
 * @param maskBase whether W of eq. (1) trains with Ψ (Algorithm 1) or stays the auxiliary network's
 * @param maskStep gradient step of Ψ: plain, or (ours) each layer's mask gradient divided by its
 *     rms; with sparsity: channel that of each channel's size alone, so that whole channels scale
 * @param maskRate factor on the learning rate of Ψ
 * @param sparsity what λ1 pushes to zero: single elements (eq. 4) or whole channels
 * @param alignment layers that eq. (3) aligns
 * @param kernel of the distance in eq. (3)
 * @param lambda1 weight of the L1 term of eq. (4): it takes λ1 · taskWeight · maskRate · Ση off a
 *     mask, Ση the sum of the learning rates of all steps
 * @param lambda2 weight of the alignment of eq. (4)
 * @param taskWeight α_t of eq. (5)
 */
public record DamtlSettings(
    Mode mode,
    List<Double> maskInit,
    MaskBase maskBase,
    MaskStep maskStep,
    double maskRate,
    Sparsity sparsity,
    Alignment alignment,
    Kernel kernel,
    double lambda1,
    double lambda2,
    double taskWeight)
    implements AuxiliaryUse, BeyondPaper {

  /** What trains together. */
  public enum Mode {
    PER_TASK,
    JOINT
  }

  /** Fate of W in eq. (1). */
  public enum MaskBase {
    TRAINABLE,
    FROZEN
  }

  /** Gradient step of Ψ. */
  public enum MaskStep {
    SGD,
    RMS
  }

  /** Unit of the L1 term. */
  public enum Sparsity {
    ELEMENT,
    CHANNEL
  }

  /** Layers that eq. (3) runs over. */
  public enum Alignment {
    HIDDEN,
    ALL,
    /** The ablation DAMTL_Fa. */
    NONE
  }

  /** Distance of class means. */
  public enum Kernel {
    LINEAR,
    GAUSSIAN
  }

  public DamtlSettings {
    maskInit = List.copyOf(maskInit);
    check(
        maskInit.size() == 2 && maskInit.get(0) >= 0 && maskInit.get(0) <= maskInit.get(1),
        "maskInit of damtl",
        maskInit,
        "two bounds, 0 <= low <= high");
    check(maskRate >= 0, "maskRate of damtl", maskRate, "at least 0");
    check(lambda1 >= 0, "lambda1 of damtl", lambda1, "at least 0");
    check(lambda2 >= 0, "lambda2 of damtl", lambda2, "at least 0");
    check(taskWeight > 0, "taskWeight of damtl", taskWeight, "positive");
  }

  /** Class alignment refers to it, wherever the columns start. */
  @Override
  public boolean usesAuxiliary() {
    return aligns();
  }

  /** Whether eq. (3) is part of the loss. */
  public boolean aligns() {
    return alignment != Alignment.NONE && lambda2 > 0;
  }

  @Override
  public List<String> beyondPaper() {
    List<String> beyond = new ArrayList<>();
    if (maskStep == MaskStep.RMS) {
      beyond.add(
          sparsity == Sparsity.CHANNEL
              ? "maskStep: rms of whole channels, where a mask scales kernels"
              : "maskStep: rms");
    }
    if (sparsity == Sparsity.CHANNEL) {
      beyond.add("sparsity: channel");
    }
    return beyond;
  }

  static DamtlSettings preset(Preset preset) {
    return switch (preset) {
      // [B] §4: α_t = 0.01, λ1 = λ2 = 0.9; it says only that masks start "random".
      case PUBLISHED ->
          new DamtlSettings(
              Mode.PER_TASK,
              List.of(0.5, 1.5),
              MaskBase.TRAINABLE,
              MaskStep.SGD,
              1,
              Sparsity.ELEMENT,
              Alignment.ALL,
              Kernel.LINEAR,
              0.9,
              0.9,
              0.01);
      // Masks near 1 keep the auxiliary network's accuracy; the rms step lets them learn, λ1 is
      // then in units of Ψ; the auxiliary head has few of a task's classes, and is left out.
      // λ1 and λ2 are by conf/tune/damtl.yaml, which asks for accuracy alone: this λ1 empties no
      // mask (conf/beyond/channels.yaml prunes).
      case TUNED ->
          new DamtlSettings(
              Mode.PER_TASK,
              List.of(0.9, 1.1),
              MaskBase.TRAINABLE,
              MaskStep.RMS,
              0.5,
              Sparsity.ELEMENT,
              Alignment.HIDDEN,
              Kernel.LINEAR,
              0.1,
              0.01,
              1);
    };
  }
}
