package dev.twofold.models;

import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.losses.Losses;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Normalisation;
import dev.twofold.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * What a method is built from.
 *
 * @param inputs of each task, in the order of the group
 * @param dropoutSeed this step's, [2]
 * @param seed of the unit
 */
public record Construction(
    Net net,
    List<Input> inputs,
    BackboneSettings backbone,
    ColumnStart start,
    TrainingSettings training,
    Operand<TInt64> dropoutSeed,
    long seed) {

  /**
   * One task's side of the graph.
   *
   * @param images float32 [B, H, W, C] in 0..255
   * @param labels one-hot [B, c]
   * @param normalisation of the task's own training side
   * @param labelMap class → auxiliary class, where given
   */
  public record Input(
      Task task,
      Operand<TFloat32> images,
      Operand<TFloat32> labels,
      Normalisation normalisation,
      Map<String, String> labelMap) {}

  public List<Task> tasks() {
    return inputs.stream().map(Input::task).toList();
  }

  /** The backbone of a column that takes this task's images. */
  public Backbone backbone(Task task) {
    return new Backbone(backbone, task.shape().channels(), start.gridOf());
  }

  /** Makes the variables of a task's whole column, {@code <task>/<parameter>}, with their start. */
  public Map<String, Variable> column(Input input) {
    Task task = input.task();
    Map<String, long[]> shapes = backbone(task).shapes(task.shape(), task.classes().size());
    return variables(task.name(), shapes, input);
  }

  /** Makes variables {@code <owner>/<parameter>} of these shapes with their start. */
  public Map<String, Variable> variables(String owner, Map<String, long[]> shapes, Input input) {
    Map<Integer, Integer> labels =
        start.auxiliary().isPresent()
            ? start.auxiliary().get().labels(input.task(), input.labelMap())
            : Map.of();
    Weights weights = start.column(owner, shapes, input.normalisation(), labels);
    Map<String, Variable> variables = new LinkedHashMap<>();
    weights
        .all()
        .forEach(
            (name, weight) ->
                variables.put(name, net.variable(owner + "/" + name, Backbone.role(name), weight)));
    return variables;
  }

  /**
   * Training mode of a column.
   *
   * @param index of the task, which gives its dropout a stream of its own
   * @param owner of the batch norm statistics
   */
  public Mode training(int index, String owner) {
    Operand<TInt64> seed =
        net.tf().math.add(dropoutSeed, net.tf().constant(new long[] {0, 1000L * (index + 1)}));
    return new Mode(net, owner + "/", training.dropout(), seed);
  }

  /** Cross-entropy of a task's logits [B, c], summed or averaged as the training says. */
  public Operand<TFloat32> crossEntropy(Operand<TFloat32> logits, Input input) {
    return Losses.crossEntropy(net.tf(), logits, input.labels(), training.reduction());
  }

  /** The trainable ones of these variables. */
  public static List<Variable> trainable(Iterable<Variable> variables) {
    List<Variable> trainable = new ArrayList<>();
    for (Variable variable : variables) {
      if (variable.role().trainable()) {
        trainable.add(variable);
      }
    }
    return trainable;
  }

  /** Those of these variables that decay: kernels and matrices. */
  public static List<Variable> decaying(Iterable<Variable> variables) {
    return trainable(variables).stream().filter(v -> v.role().decays()).toList();
  }
}
