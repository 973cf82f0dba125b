package dev.twofold.models;

import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a trained method leaves for one task: a network as a function of its effective parameters
 * (MTAL's K̃, DAMTL's S), so that evaluation, export and prediction need not know the method.
 *
 * @param parameters in the training graph; none of a closed form, which has no such graph
 */
public record TaskNetwork(Task task, Parameters parameters, Forward forward) {

  /** A network that no graph trains. */
  public TaskNetwork(Task task, Forward forward) {
    this(task, new Parameters(Map.of()), forward);
  }

  /** A network that is one column of a backbone. */
  public static TaskNetwork column(Task task, Parameters parameters, Backbone backbone) {
    return new TaskNetwork(
        task, parameters, (tf, p, x) -> backbone.forward(tf, p, x, task.shape(), Mode.PREDICTION));
  }

  /** A network in prediction. */
  @FunctionalInterface
  public interface Forward {
    /**
     * Runs the network.
     *
     * @param images float32 [B, H, W, C] in 0..255
     */
    Activations run(Ops tf, Parameters parameters, Operand<TFloat32> images);
  }
}
