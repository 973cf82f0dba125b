package dev.twofold.models.training;

import dev.twofold.models.layers.Weights;

/**
 * All that a training needs to go on as if it had not been interrupted.
 *
 * @param step joint steps done
 * @param seconds spent so far
 * @param lossSums of each task over the epoch of the last step
 * @param weights every variable: parameters, momenta, MTAL's M, batch norm's statistics
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record Checkpoint(int step, double seconds, double[] lossSums, Weights weights) {}
