package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Objective;
import dev.twofold.models.Step;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A column a task, and one step on the sum of their losses: what a method of one's own begins as.
 */
public final class MyMethod implements GraphMethod {
  @Override
  public Objective build(Construction construction) {
    Ops tf = construction.net().tf();
    List<TaskNetwork> networks = new ArrayList<>();
    List<Operand<TFloat32>> losses = new ArrayList<>();
    List<List<Variable>> decaying = new ArrayList<>();
    List<Variable> trained = new ArrayList<>();
    for (int t = 0; t < construction.inputs().size(); t++) {
      Input input = construction.inputs().get(t); // a task, its images [B, h, w, c], its labels
      Task task = input.task();
      Backbone backbone = construction.backbone(task);
      Map<String, Variable> column = construction.column(input); // by the configuration's `start`
      Parameters parameters = Parameters.of(column);
      Mode mode = construction.training(t, task.name());
      Operand<TFloat32> logits =
          backbone.forward(tf, parameters, input.images(), task.shape(), mode).logits();
      losses.add(construction.crossEntropy(logits, input));
      networks.add(TaskNetwork.column(task, parameters, backbone));
      decaying.add(Construction.decaying(column.values()));
      trained.addAll(Construction.trainable(column.values()));
    }
    Step step = new Step("my-method", tf.math.addN(losses), trained, Map.of());
    return new Objective(networks, losses, decaying, List.of(step), List.of(), List.of());
  }
}
