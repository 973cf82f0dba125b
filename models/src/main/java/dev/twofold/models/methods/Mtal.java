package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Refresh;
import dev.twofold.models.Step;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.losses.Losses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * MTAL: columns share similar pairs of convolution kernels ([A], <a
 * href="https://arxiv.org/abs/2101.12431">arXiv 2101.12431</a>).
 *
 * <p>Column a's kernels of layer l are rows K_a [Cout, D], D = kh·kw·Cin. For two columns with
 * equal D:
 *
 * <pre>
 * (3)  S_ab = K̂_a · K̂_bᵀ                     cosine similarity, [Cout_a, Cout_b]
 * (4)  M_ab = 1[S_ab > ρ]                     strictly; no gradient through M
 * (5)  K'_ij = α·K_a,i + β·K_b,j              for each selected pair
 * (6)  K̃_i = mean of K'_ij over i's partners  K_i where there is none
 * (7)  L_t = cross-entropy of task t          the columns run on K̃
 * (8)  L = Σ_t L_t
 * </pre>
 *
 * Biases are not shared. A layer with unequal D shares nothing.
 */
public final class Mtal implements GraphMethod {
  private final MtalSettings settings;

  public Mtal(MtalSettings settings) {
    this.settings = settings;
  }

  @Override
  public void check(Map<String, ImageShape> images, BackboneSettings backbone) {
    List<List<Convolution>> columns =
        images.values().stream()
            .map(image -> new Backbone(backbone, image.channels(), Optional.empty()))
            .map(Backbone::convolutions)
            .toList();
    List<String> unequal = new ArrayList<>();
    for (int l = 0; l < columns.get(0).size(); l++) {
      int index = l;
      List<Convolution> layer = columns.stream().map(column -> column.get(index)).toList();
      if (settings.within() || haveEqualKernels(layer)) {
        return;
      }
      unequal.add(kernels(layer));
    }
    throw new IllegalArgumentException(
        "Cannot share kernels between tasks %s: %s (must be of equal size in one layer at least)"
            .formatted(images.keySet(), String.join("; ", unequal)));
  }

  /** Whether at least two columns have kernels of equal D. */
  private static boolean haveEqualKernels(List<Convolution> layer) {
    return layer.stream().map(Convolution::rowLength).distinct().count() < layer.size();
  }

  private static String kernels(List<Convolution> layer) {
    return layer.stream()
        .map(column -> Arrays.toString(column.kernelShape()))
        .collect(Collectors.joining(" and ", layer.get(0).name() + " has kernels ", ""));
  }

  @Override
  public Objective build(Construction construction) {
    Ops tf = construction.net().tf();
    List<Map<String, Variable>> columns = new ArrayList<>();
    List<Backbone> backbones = new ArrayList<>();
    for (Input input : construction.inputs()) {
      columns.add(construction.column(input));
      backbones.add(construction.backbone(input.task()));
    }
    List<SharedLayer> layers = layers(construction, backbones, columns);
    List<Parameters> shared = share(tf, layers, columns);

    List<Operand<TFloat32>> logits = new ArrayList<>();
    List<Operand<TFloat32>> losses = new ArrayList<>();
    List<TaskNetwork> networks = new ArrayList<>();
    for (int t = 0; t < columns.size(); t++) {
      Input input = construction.inputs().get(t);
      Task task = input.task();
      Backbone backbone = backbones.get(t);
      Operand<TFloat32> z =
          backbone
              .forward(
                  tf,
                  shared.get(t),
                  input.images(),
                  task.shape(),
                  construction.training(t, task.name()))
              .logits(); // [B, c_t]
      // Eq. (7)
      losses.add(Losses.crossEntropy(tf, z, input.labels(), construction.training().reduction()));
      logits.add(z);
      networks.add(
          new TaskNetwork(
              task,
              shared.get(t),
              (ops, p, x) -> backbone.forward(ops, p, x, task.shape(), Mode.PREDICTION)));
    }
    Operand<TFloat32> loss = tf.math.addN(losses); // Eq. (8)

    List<Variable> all = columns.stream().flatMap(column -> column.values().stream()).toList();
    List<Op> selections = layers.stream().flatMap(layer -> layer.selections().stream()).toList();
    return new Objective(
        networks,
        losses,
        logits,
        columns.stream().map(column -> Construction.decaying(column.values())).toList(),
        List.of(new Step("mtal", loss, Construction.trainable(all), Map.of())),
        List.of(new Refresh(selections, settings.refresh())),
        List.of(new SharingRatio(layers)));
  }

  private List<SharedLayer> layers(
      Construction construction, List<Backbone> backbones, List<Map<String, Variable>> columns) {
    List<SharedLayer> layers = new ArrayList<>();
    for (int l = 0; l < backbones.get(0).convolutions().size(); l++) {
      Convolution layer = backbones.get(0).convolutions().get(l);
      List<Variable> kernels = columns.stream().map(column -> column.get(layer.kernel())).toList();
      layers.add(new SharedLayer(construction.net(), layer.name(), kernels, settings));
    }
    return layers;
  }

  /** Each column's parameters with K̃ in place of K. */
  private static List<Parameters> share(
      Ops tf, List<SharedLayer> layers, List<Map<String, Variable>> columns) {
    List<Parameters> shared = new ArrayList<>();
    for (int t = 0; t < columns.size(); t++) {
      Map<String, Operand<TFloat32>> aggregated = new LinkedHashMap<>();
      for (SharedLayer layer : layers) {
        aggregated.put(layer.name() + "/kernel", layer.aggregate(tf, t));
      }
      shared.add(
          Parameters.of(columns.get(t))
              .map((name, operand) -> aggregated.getOrDefault(name, operand)));
    }
    return shared;
  }
}
