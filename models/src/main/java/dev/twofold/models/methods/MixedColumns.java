package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Step;
import dev.twofold.models.Step.Update;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.FeatureShape;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.StageOutput;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * T columns that mix their features behind every pooling stage: what cross-stitch and NDDR-CNN have
 * in common.
 *
 * <p>Tasks have different images, and stacking unrelated images of two tasks would mix samples. So
 * the batch of task t runs through all T columns, every column mixing in what the others make of
 * the same images, and head t alone reads it: a joint step is T batches through T columns.
 *
 * <p>The parameters of a task's network are {@code <column>/<parameter>}, a column being called as
 * its task: all of the task's own column, and of the others what comes before the last mixing.
 * Moving statistics of batch norm are one for each (column, task whose batch flows through), never
 * mixed.
 */
final class MixedColumns {
  private final Construction construction;
  private final Mixing mixing;
  private final List<Backbone> backbones = new ArrayList<>();
  private final List<Map<String, Variable>> columns = new ArrayList<>();

  MixedColumns(Construction construction, Mixing mixing) {
    this.construction = construction;
    this.mixing = mixing;
    for (Input input : construction.inputs()) {
      backbones.add(construction.backbone(input.task()));
    }
    for (int a = 0; a < backbones.size(); a++) {
      Map<String, Variable> column = construction.column(construction.inputs().get(a));
      addLayers(a, column);
      columns.add(column);
    }
  }

  /**
   * Refuses columns whose features differ in shape where they are to be mixed.
   *
   * @param images shape of each task's images, by the task's name
   * @throws IllegalArgumentException naming the stage, two tasks and both shapes
   */
  static void check(Map<String, ImageShape> images, BackboneSettings settings) {
    String first = images.keySet().iterator().next();
    images.forEach((task, image) -> check(settings, first, images.get(first), task, image));
  }

  private static void check(
      BackboneSettings settings, String first, ImageShape image, String second, ImageShape other) {
    Backbone one = new Backbone(settings, image.channels(), Optional.empty());
    Backbone two = new Backbone(settings, other.channels(), Optional.empty());
    if (one.pooledStages() == 0) {
      throw new IllegalArgumentException(
          "Cannot mix columns: the backbone has no pooling to mix behind (must have at least one)");
    }
    for (int stage = 0; stage < one.pooledStages(); stage++) {
      FeatureShape shape = one.stageShape(image, stage);
      FeatureShape otherShape = two.stageShape(other, stage);
      if (!shape.equals(otherShape)) {
        throw new IllegalArgumentException(
            ("Cannot mix columns of tasks %s and %s behind %s: features of %s and %s"
                    + " (must be of equal shape; give their datasets one size)")
                .formatted(first, second, stageName(stage), shape, otherShape));
      }
    }
  }

  private static String stageName(int stage) {
    return "stage" + (stage + 1);
  }

  private int mixedStages() {
    return backbones.get(0).pooledStages();
  }

  /** The mixing layer behind a stage, as its parameters are called. */
  private String layer(int stage) {
    return mixing.name() + "/" + stageName(stage);
  }

  private void addLayers(int a, Map<String, Variable> column) {
    for (int stage = 0; stage < mixedStages(); stage++) {
      ImageShape image = construction.tasks().get(a).shape();
      int channels = backbones.get(a).stageShape(image, stage).channels();
      for (Mixing.Start start : mixing.starts(a, backbones.size(), channels)) {
        String name = layer(stage) + "/" + start.parameter();
        column.put(
            name,
            construction.net().variable(owner(a, a) + "/" + name, start.role(), start.weight()));
      }
    }
  }

  private String name(int column) {
    return construction.tasks().get(column).name();
  }

  /** Owner of column a's moving statistics of task t's batches; all else of it has its own name. */
  private String owner(int a, int t) {
    return a == t ? name(a) : name(a) + "/" + name(t);
  }

  /** The graph: the sum of the tasks' cross-entropies, in one step. */
  Objective objective(String name) {
    Ops tf = construction.net().tf();
    List<TaskNetwork> networks = new ArrayList<>();
    List<Operand<TFloat32>> losses = new ArrayList<>();
    for (int t = 0; t < columns.size(); t++) {
      Input input = construction.inputs().get(t);
      int flow = t;
      Parameters parameters = parameters(t);
      Operand<TFloat32> z =
          new Flow(tf, parameters, t, training(t)).run(input.images()).logits(); // [B, c_t]
      losses.add(construction.crossEntropy(z, input));
      networks.add(
          new TaskNetwork(
              input.task(),
              parameters,
              (ops, p, x) -> new Flow(ops, p, flow, prediction()).run(x)));
    }
    List<Variable> all = columns.stream().flatMap(column -> column.values().stream()).toList();
    return new Objective(
        networks,
        losses,
        columns.stream().map(column -> Construction.decaying(column.values())).toList(),
        List.of(new Step(name, tf.math.addN(losses), Construction.trainable(all), updates())),
        List.of(),
        List.of(
            new MixingShares(
                mixing, construction.tasks().stream().map(Task::name).toList(), weights())));
  }

  private List<Mode> training(int t) {
    List<Mode> modes = new ArrayList<>();
    for (int a = 0; a < columns.size(); a++) {
      modes.add(construction.training(t, owner(a, t)));
    }
    return modes;
  }

  private List<Mode> prediction() {
    return columns.stream().map(column -> Mode.PREDICTION).toList();
  }

  private Map<Variable, Update> updates() {
    Map<Variable, Update> updates = new LinkedHashMap<>();
    for (Map<String, Variable> column : columns) {
      column.forEach(
          (name, variable) -> {
            if (variable.role().trainable() && name.startsWith(mixing.name() + "/")) {
              updates.put(variable, mixing.update());
            }
          });
    }
    return updates;
  }

  /** What {@link Mixing#share} reads, of each stage and column. */
  private Map<String, List<Variable>> weights() {
    Map<String, List<Variable>> weights = new LinkedHashMap<>();
    for (int stage = 0; stage < mixedStages(); stage++) {
      String layer = layer(stage);
      weights.put(
          layer,
          columns.stream().map(column -> column.get(layer + "/" + mixing.weights())).toList());
    }
    return weights;
  }

  /** What task t's network reads. */
  private Parameters parameters(int t) {
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    for (int a = 0; a < columns.size(); a++) {
      int column = a;
      columns
          .get(a)
          .forEach(
              (name, variable) -> {
                if (column == t || isReadByOthers(column, name)) {
                  parameters.put(
                      name(column) + "/" + name, flowing(column, t, name, variable).value());
                }
              });
    }
    return new Parameters(parameters);
  }

  /** Other tasks read a column up to the last mixing: neither its layer there nor what follows. */
  private boolean isReadByOthers(int column, String parameter) {
    Backbone backbone = backbones.get(column);
    return !Backbone.isFullyConnected(parameter)
        && !parameter.startsWith(layer(mixedStages() - 1) + "/")
        && IntStream.range(mixedStages(), backbone.stages())
            .mapToObj(backbone::convolutions)
            .flatMap(List::stream)
            .noneMatch(convolution -> parameter.startsWith(convolution.name() + "/"));
  }

  /** The variable, or another in its place for the moving statistics of a foreign batch. */
  private Variable flowing(int a, int t, String name, Variable variable) {
    boolean statistic = variable.role() == Role.FROZEN && !name.startsWith("input/");
    return a == t || !statistic
        ? variable
        : construction
            .net()
            .variable(
                owner(a, t) + "/" + name,
                Role.FROZEN,
                new Weight(variable.shape(), variable.initial().clone()));
  }

  /** Images of task t on their way through all columns and head t. */
  private final class Flow {
    private final Ops tf;
    private final int t;
    private final ImageShape image;
    private final List<Parameters> parameters;
    private final List<Mode> modes;
    private final List<Operand<TFloat32>> maps = new ArrayList<>();

    Flow(Ops tf, Parameters parameters, int t, List<Mode> modes) {
      this.tf = tf;
      this.t = t;
      this.image = construction.tasks().get(t).shape();
      this.parameters =
          construction.tasks().stream().map(task -> parameters.below(task.name() + "/")).toList();
      this.modes = modes;
    }

    Activations run(Operand<TFloat32> images) {
      List<Operand<TFloat32>> x = new ArrayList<>(); // [B, H, W, C] of each column
      for (int a = 0; a < columns.size(); a++) {
        x.add(backbones.get(a).input(tf, parameters.get(a), images, image));
      }
      for (int stage = 0; stage < mixedStages(); stage++) {
        x = mix(stage, stage(stage, x)); // [B, H_s, W_s, C_s] of each column
      }
      Operand<TFloat32> own = x.get(t);
      for (int stage = mixedStages(); stage < backbones.get(t).stages(); stage++) {
        own = stage(stage, t, own);
      }
      return backbones.get(t).head(tf, parameters.get(t), own, maps, image, modes.get(t));
    }

    private List<Operand<TFloat32>> stage(int stage, List<Operand<TFloat32>> x) {
      List<Operand<TFloat32>> features = new ArrayList<>();
      for (int a = 0; a < columns.size(); a++) {
        features.add(stage(stage, a, x.get(a)));
      }
      return features;
    }

    private Operand<TFloat32> stage(int stage, int a, Operand<TFloat32> x) {
      StageOutput output =
          backbones.get(a).stage(tf, parameters.get(a), x, stage, image, modes.get(a));
      if (a == t) {
        maps.addAll(output.maps());
      }
      return output.features();
    }

    /** Behind the last stage column t alone goes on. */
    private List<Operand<TFloat32>> mix(int stage, List<Operand<TFloat32>> features) {
      List<Operand<TFloat32>> mixed = new ArrayList<>();
      for (int a = 0; a < columns.size(); a++) {
        mixed.add(
            a == t || stage < mixedStages() - 1
                ? mixing.mix(tf, parameters.get(a), layer(stage), features, modes.get(a))
                : features.get(a));
      }
      return mixed;
    }
  }
}
