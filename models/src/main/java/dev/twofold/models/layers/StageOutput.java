package dev.twofold.models.layers;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What one stage of a backbone gives.
 *
 * @param features what enters the next stage, [B, H_s, W_s, C_s]
 * @param maps feature maps F^l of each of the stage's convolutions, as {@link Activations} has them
 */
public record StageOutput(Operand<TFloat32> features, List<Operand<TFloat32>> maps) {}
