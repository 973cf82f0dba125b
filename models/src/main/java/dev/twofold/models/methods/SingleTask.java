package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Objective;
import dev.twofold.models.Step;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** T unrelated networks: the baseline of both papers, and what pre-trains the auxiliary network. */
public final class SingleTask implements GraphMethod {

  @Override
  public Objective build(Construction construction) {
    Ops tf = construction.net().tf();
    List<TaskNetwork> networks = new ArrayList<>();
    List<Operand<TFloat32>> losses = new ArrayList<>();
    List<List<Variable>> columns = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int t = 0; t < construction.inputs().size(); t++) {
      Input input = construction.inputs().get(t);
      Backbone backbone = construction.backbone(input.task());
      Map<String, Variable> column = construction.column(input);
      Parameters parameters = Parameters.of(column);
      Operand<TFloat32> z =
          backbone
              .forward(
                  tf,
                  parameters,
                  input.images(),
                  input.task().shape(),
                  construction.training(t, input.task().name()))
              .logits(); // [B, c]
      Operand<TFloat32> loss = construction.crossEntropy(z, input);
      networks.add(TaskNetwork.column(input.task(), parameters, backbone));
      losses.add(loss);
      columns.add(Construction.decaying(column.values()));
      steps.add(
          new Step(input.task().name(), loss, Construction.trainable(column.values()), Map.of()));
    }
    return new Objective(networks, losses, columns, steps, List.of(), List.of());
  }
}
