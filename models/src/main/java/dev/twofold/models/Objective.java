package dev.twofold.models;

import dev.twofold.models.layers.Variable;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A method, described: the graph that trains it.
 *
 * @param networks of each task
 * @param losses each task's own loss, to report: a scalar, summed or averaged over the batch as
 *     {@code training.reduction} says
 * @param columns variables that one norm regulariser acts on together, a column each
 * @param steps run in one go
 * @param refreshes run before the steps
 * @param reporters what the method tells of itself at the end of an epoch and of the training
 */
public record Objective(
    List<TaskNetwork> networks,
    List<Operand<TFloat32>> losses,
    List<List<Variable>> columns,
    List<Step> steps,
    List<Refresh> refreshes,
    List<Reporter> reporters) {}
