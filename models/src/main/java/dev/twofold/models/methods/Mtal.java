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
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
 * Biases are not shared. A layer with unequal D shares nothing. With prior ("MTAL*") a and b are
 * columns of one group of related tasks.
 */
public final class Mtal implements GraphMethod {
  private static final Logger LOG = LoggerFactory.getLogger(Mtal.class);

  /** Of the cross-validation that finds prior groups. */
  public static final int FOLDS = 3;

  private final MtalSettings settings;

  public Mtal(MtalSettings settings) {
    this.settings = settings;
  }

  /** In each fold every task alone, and with each other one. */
  @Override
  public int relativeWork(int tasks) {
    return findsGroups() ? 1 + FOLDS * tasks : 1;
  }

  public MtalSettings settings() {
    return settings;
  }

  /** Which columns, by number, may share kernels. */
  public BiPredicate<Integer, Integer> sharing(List<String> tasks) {
    return PriorGroups.of(settings, tasks)::together;
  }

  /** Whether the prior groups have to be found before anything is trained. */
  public boolean findsGroups() {
    return settings.groups() != null && settings.groups().isAuto();
  }

  @Override
  public void check(Map<String, ImageShape> images, BackboneSettings backbone) {
    new KernelSizes(settings, images, backbone).check();
  }

  /** What columns cannot share, in words: {@link KernelSizes#unshared}. */
  public List<String> unshared(Map<String, ImageShape> images, BackboneSettings backbone) {
    return new KernelSizes(settings, images, backbone).unshared();
  }

  @Override
  public Objective build(Construction construction) {
    Map<String, ImageShape> images = new LinkedHashMap<>();
    construction.tasks().forEach(task -> images.put(task.name(), task.shape()));
    unshared(images, construction.backbone()).forEach(LOG::warn);
    Ops tf = construction.net().tf();
    List<Map<String, Variable>> columns = new ArrayList<>();
    List<Backbone> backbones = new ArrayList<>();
    for (Input input : construction.inputs()) {
      columns.add(construction.column(input));
      backbones.add(construction.backbone(input.task()));
    }
    List<SharedLayer> layers = layers(construction, backbones, columns);
    List<Parameters> shared = share(tf, layers, columns);

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
      losses.add(construction.crossEntropy(z, input));
      networks.add(TaskNetwork.column(task, shared.get(t), backbone));
    }
    Operand<TFloat32> loss = tf.math.addN(losses); // Eq. (8)

    List<Variable> all = columns.stream().flatMap(column -> column.values().stream()).toList();
    List<Op> selections = layers.stream().flatMap(layer -> layer.selections().stream()).toList();
    return new Objective(
        networks,
        losses,
        columns.stream().map(column -> Construction.decaying(column.values())).toList(),
        List.of(new Step("mtal", loss, Construction.trainable(all), Map.of())),
        selections.isEmpty() ? List.of() : List.of(new Refresh(selections, settings.refresh())),
        List.of(new SharingRatio(layers, List.copyOf(images.keySet()))));
  }

  private List<SharedLayer> layers(
      Construction construction, List<Backbone> backbones, List<Map<String, Variable>> columns) {
    PriorGroups prior =
        PriorGroups.of(settings, construction.tasks().stream().map(Task::name).toList());
    List<SharedLayer> layers = new ArrayList<>();
    for (int l = 0; l < backbones.get(0).convolutions().size(); l++) {
      Convolution layer = backbones.get(0).convolutions().get(l);
      List<Variable> kernels = columns.stream().map(column -> column.get(layer.kernel())).toList();
      layers.add(new SharedLayer(construction.net(), layer.name(), kernels, settings, prior));
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
