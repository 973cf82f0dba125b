package dev.twofold.models.training;

import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Weights;
import java.util.List;
import java.util.Map;

/**
 * What a training has made.
 *
 * @param finished false when an observer stopped it
 * @param steps done
 * @param seconds spent, over all attempts
 * @param metrics of the last epoch
 * @param networks of each task
 * @param weights each task's effective parameters, {@code <task>/<parameter>}
 * @param details what the method tells beside them, by names of its own
 */
public record TrainedUnit(
    boolean finished,
    int steps,
    double seconds,
    Map<String, Double> metrics,
    List<TaskNetwork> networks,
    Weights weights,
    Weights details) {}
