package dev.twofold.models.methods;

import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.List;

/** What MTAL has a kernel share. */
public enum Partner {
  /** The kernel of equal index in another column is a partner; others may be. */
  TWIN,
  /** Other kernels alone are partners. */
  OTHER,
  /** No kernel is a partner. */
  NONE;

  /**
   * Of each kernel of one layer of a column.
   *
   * @param counts numbers of its twins and of its other partners, [Cout, 2]
   */
  public static List<Partner> of(Weight counts) {
    List<Partner> partners = new ArrayList<>();
    for (int i = 0; i < counts.values().length; i += 2) {
      boolean twin = counts.values()[i] > 0;
      boolean other = counts.values()[i + 1] > 0;
      partners.add(twin ? TWIN : other ? OTHER : NONE);
    }
    return partners;
  }
}
