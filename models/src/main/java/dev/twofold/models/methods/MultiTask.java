package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Step;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Hard parameter sharing (Caruana, 1997): one convolution trunk, own fully connected layers and
 * head a task, the sum of the losses. With unequal image sizes the first fully connected layers
 * differ in size; grey images are replicated to the trunk's channels.
 */
public final class MultiTask implements GraphMethod {

  private static final String TRUNK = "trunk";

  @Override
  public Objective build(Construction construction) {
    Ops tf = construction.net().tf();
    Backbone backbone =
        new Backbone(
            construction.backbone(), channels(construction), construction.start().gridOf());
    Map<String, Variable> trunk = trunk(construction, backbone);
    List<Variable> variables = new ArrayList<>(trunk.values());
    List<TaskNetwork> networks = new ArrayList<>();
    List<Operand<TFloat32>> losses = new ArrayList<>();
    for (int t = 0; t < construction.inputs().size(); t++) {
      Input input = construction.inputs().get(t);
      Task task = input.task();
      Map<String, Variable> own =
          construction.variables(
              task.name(), select(shapes(backbone, task), MultiTask::isOwn), input);
      variables.addAll(own.values());
      Map<String, Variable> column = new LinkedHashMap<>(own);
      column.putAll(trunk);
      Parameters parameters = Parameters.of(column);
      Operand<TFloat32> z =
          backbone
              .forward(
                  tf,
                  parameters,
                  input.images(),
                  task.shape(),
                  construction.training(t, task.name()))
              .logits(); // [B, c]
      networks.add(TaskNetwork.column(task, parameters, backbone));
      losses.add(construction.crossEntropy(z, input));
    }
    Step step =
        new Step("multi-task", tf.math.addN(losses), Construction.trainable(variables), Map.of());
    return new Objective(
        networks,
        losses,
        List.of(Construction.decaying(variables)),
        List.of(step),
        List.of(),
        List.of());
  }

  private static int channels(Construction construction) {
    return construction.tasks().stream()
        .map(Task::shape)
        .mapToInt(ImageShape::channels)
        .max()
        .orElseThrow();
  }

  private static Map<String, Variable> trunk(Construction construction, Backbone backbone) {
    Input first = construction.inputs().get(0);
    Map<String, long[]> shapes =
        select(shapes(backbone, first.task()), parameter -> !isOwn(parameter));
    return construction.variables(TRUNK, shapes, first);
  }

  private static Map<String, long[]> shapes(Backbone backbone, Task task) {
    return backbone.shapes(task.shape(), task.classes().size());
  }

  /**
   * Every task normalises its own input, also in batch norm, whose moving statistics of two tasks'
   * features would fit neither, and has its own fully connected layers.
   */
  private static boolean isOwn(String parameter) {
    return Backbone.isFullyConnected(parameter)
        || parameter.endsWith("/mean")
        || parameter.endsWith("/variance")
        || parameter.startsWith("input/");
  }

  private static Map<String, long[]> select(Map<String, long[]> shapes, Predicate<String> names) {
    Map<String, long[]> selected = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          if (names.test(name)) {
            selected.put(name, shape);
          }
        });
    return selected;
  }
}
