package dev.twofold.models;

import java.util.List;
import org.tensorflow.op.Op;

/**
 * What runs before a step, every so many steps (MTAL's selection of partners).
 *
 * @param every how many steps apart; the first is step 0
 */
public record Refresh(List<Op> ops, int every) {

  public Refresh {
    ops = List.copyOf(ops);
  }
}
