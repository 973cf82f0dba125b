package dev.twofold.models.layers;

import org.tensorflow.Operand;
import org.tensorflow.types.TInt64;

/**
 * Whether a column trains or predicts.
 *
 * @param net whose moving statistics training updates; null in prediction
 * @param prefix of the moving statistics' variables
 * @param dropout rate in the hidden fully connected layers
 * @param seed of this step's dropout, [2]
 */
public record Mode(Net net, String prefix, double dropout, Operand<TInt64> seed) {

  /** No dropout, moving statistics in batch norm. */
  public static final Mode PREDICTION = new Mode(null, null, 0, null);

  boolean training() {
    return net != null;
  }
}
