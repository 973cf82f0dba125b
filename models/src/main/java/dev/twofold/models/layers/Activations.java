package dev.twofold.models.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What flows through a column.
 *
 * @param maps feature maps F^l after each convolution's activation, [B, H_l, W_l, Cout]; of a
 *     residual block's last convolution after the sum, of a shortcut's convolution, which has no
 *     activation, before it
 * @param inputs what enters each fully connected layer h = 1..H (O in eq. (3) of [B]), [B, in]
 * @param outputs what leaves it, before its activation, [B, out]
 */
public record Activations(
    List<Operand<TFloat32>> maps, List<Operand<TFloat32>> inputs, List<Operand<TFloat32>> outputs) {

  public Operand<TFloat32> logits() {
    return outputs.get(outputs.size() - 1);
  }
}
