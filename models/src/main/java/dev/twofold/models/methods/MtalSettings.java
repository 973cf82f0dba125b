package dev.twofold.models.methods;

import static dev.twofold.models.Setting.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings of MTAL.
 *
 * @param threshold ρ of eq. (4), in (-1, 1]; [A] §4.3 and §4.5: 0.4 for related tasks, 0.55 for
 *     unrelated ones
 * @param alpha α of eq. (5): the kernel's own share
 * @param beta β of eq. (5): the partners' share
 * @param pick which of the pairs above ρ are partners
 * @param similarity what eq. (3) compares
 * @param within whether kernels of one column may be partners ("intra-redundancy")
 * @param refresh steps between two selections (eq. 4)
 * @param groups of related tasks, by name, or {@code auto}: MTAL with prior ("MTAL*" of [A]), where
 *     kernels are shared within a group alone and a task outside of them shares none; {@code auto}
 *     finds the groups by cross-validation on the training images; all tasks in one when left out
 */
public record MtalSettings(
    double threshold,
    double alpha,
    double beta,
    Pick pick,
    Similarity similarity,
    boolean within,
    int refresh,
    Prior groups)
    implements BeyondPaper {

  /** Choice among the pairs whose similarity exceeds ρ. */
  public enum Pick {
    /** Every pair, as published. */
    ALL,
    /** Pairs in which each is the other's most similar kernel: no giant components at any ρ. */
    MUTUAL
  }

  /** What is compared. */
  public enum Similarity {
    /** The kernels, eq. (3). */
    KERNEL,
    /** Ours: what training has added to them, K − K_start. */
    CHANGE
  }

  public MtalSettings {
    check(threshold > -1 && threshold <= 1, "threshold of mtal", threshold, "in (-1, 1]");
    check(alpha > 0, "alpha of mtal", alpha, "positive");
    check(beta >= 0, "beta of mtal", beta, "at least 0");
    check(refresh >= 1, "refresh of mtal", refresh, "at least 1");
  }

  @Override
  public List<String> beyondPaper() {
    List<String> beyond = new ArrayList<>();
    if (pick == Pick.MUTUAL) {
      beyond.add("pick: mutual");
    }
    if (similarity == Similarity.CHANGE) {
      beyond.add("similarity: change");
    }
    return beyond;
  }

  /** The same with these groups. */
  public MtalSettings with(Prior newGroups) {
    return new MtalSettings(threshold, alpha, beta, pick, similarity, within, refresh, newGroups);
  }

  static MtalSettings preset(Preset preset) {
    return switch (preset) {
      case PUBLISHED ->
          new MtalSettings(0.4, 0.5, 0.5, Pick.ALL, Similarity.KERNEL, false, 1, null);
      // α = .75 lets twins differ and is at least as accurate; mutual pairs never form a giant
      // component; the selection changes slowly, so every tenth step is enough.
      case TUNED ->
          new MtalSettings(0.4, 0.75, 0.25, Pick.MUTUAL, Similarity.KERNEL, false, 10, null);
    };
  }
}
