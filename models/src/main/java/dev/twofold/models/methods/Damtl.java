package dev.twofold.models.methods;

import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.EnumNames;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Reporter;
import dev.twofold.models.Step;
import dev.twofold.models.Step.Update;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.losses.ClassAlignment;
import dev.twofold.models.methods.DamtlSettings.Alignment;
import dev.twofold.models.methods.DamtlSettings.MaskBase;
import dev.twofold.models.training.Auxiliary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * DAMTL: soft masks prune a pre-trained auxiliary network into one network a task ([B], <a
 * href="https://arxiv.org/abs/2201.02305">arXiv 2201.02305</a>).
 *
 * <p>Column t starts as the auxiliary network; each kernel W has a mask Ψ ≥ 0 of its shape.
 *
 * <pre>
 * (1)  S = Ψ ⊙ W                                             [kh, kw, Cin, Cout]
 * (2)  F^l = relu(S * F^(l-1) + b)
 * (3)  D = Σ_c ‖ mean_{k∈c} f_aux(O_k) − mean_{k∈c} f_t(O_k) ‖²   per fully connected layer, before ReLU
 * (4)  L_t = cross-entropy + λ1·Σ_l ‖Ψ^l‖₁ + λ2·Σ_h D_h      the L1 term as its proximal step
 * (5)  L = Σ_t α_t·L_t
 * </pre>
 */
public final class Damtl implements GraphMethod {
  private final DamtlSettings settings;

  public Damtl(DamtlSettings settings) {
    this.settings = settings;
  }

  @Override
  public void check(Map<String, ImageShape> images, BackboneSettings backbone) {
    if (settings.alignment() == Alignment.HIDDEN
        && settings.lambda2() > 0
        && backbone.fullyConnected().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot align hidden layers: the backbone has no hidden fully connected layer (must have"
              + " backbone.fullyConnected, or alignment: all or none)");
    }
  }

  @Override
  public Objective build(Construction construction) {
    Ops tf = construction.net().tf();
    List<TaskNetwork> networks = new ArrayList<>();
    List<Operand<TFloat32>> losses = new ArrayList<>();
    List<Operand<TFloat32>> weighted = new ArrayList<>();
    List<List<Variable>> columns = new ArrayList<>();
    List<Variable> trained = new ArrayList<>();
    Map<Variable, Update> updates = new LinkedHashMap<>();
    List<Reporter> reporters = new ArrayList<>();
    for (int t = 0; t < construction.inputs().size(); t++) {
      Input input = construction.inputs().get(t);
      Task task = input.task();
      Backbone backbone = construction.backbone(task);
      Map<String, Variable> column = construction.column(input);
      List<SoftMask> masks = masks(construction, task, backbone, column);

      // Eq. (1)
      Map<String, Operand<TFloat32>> masked = new LinkedHashMap<>();
      masks.forEach(mask -> masked.putAll(mask.masked(tf, column)));
      Parameters parameters =
          Parameters.of(column).map((name, operand) -> masked.getOrDefault(name, operand));

      // Eq. (2)
      Activations activations =
          backbone.forward(
              tf, parameters, input.images(), task.shape(), construction.training(t, task.name()));

      // Eq. (3)
      List<Operand<TFloat32>> terms = new ArrayList<>();
      Operand<TFloat32> crossEntropy = construction.crossEntropy(activations.logits(), input);
      terms.add(crossEntropy);
      alignment(construction, input, backbone, activations)
          .forEach(d -> terms.add(tf.math.mul(d, tf.constant((float) settings.lambda2()))));

      // Eqs. (4) and (5), without the L1 term
      weighted.add(tf.math.mul(tf.math.addN(terms), tf.constant((float) settings.taskWeight())));

      List<Variable> trainable = trainable(column);
      trained.addAll(trainable);
      for (SoftMask mask : masks) {
        trained.add(mask.psi());
        updates.put(mask.psi(), mask.update(tf));
      }
      columns.add(Construction.decaying(trainable));
      losses.add(crossEntropy);
      networks.add(TaskNetwork.column(task, parameters, backbone));
      reporters.add(new MaskSparsity(task, backbone, masks));
    }
    return new Objective(
        networks,
        losses,
        columns,
        List.of(new Step("damtl", tf.math.addN(weighted), trained, updates)),
        List.of(),
        reporters);
  }

  private List<SoftMask> masks(
      Construction construction, Task task, Backbone backbone, Map<String, Variable> column) {
    List<SoftMask> masks = new ArrayList<>();
    for (Convolution layer : backbone.convolutions()) {
      masks.add(
          new SoftMask(
              construction.net(),
              task.name(),
              layer,
              column.get(layer.kernel()),
              settings,
              construction.seed()));
    }
    return masks;
  }

  private List<Variable> trainable(Map<String, Variable> column) {
    return Construction.trainable(column.values()).stream()
        .filter(
            variable -> settings.maskBase() == MaskBase.TRAINABLE || variable.role() != Role.KERNEL)
        .toList();
  }

  /** D of each aligned fully connected layer. */
  private List<Operand<TFloat32>> alignment(
      Construction construction, Input input, Backbone backbone, Activations activations) {
    List<Operand<TFloat32>> distances = new ArrayList<>();
    if (settings.alignment() == Alignment.NONE || settings.lambda2() == 0) {
      return distances;
    }
    Auxiliary auxiliary =
        construction
            .start()
            .auxiliary()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Cannot align the classes of task %s: damtl with alignment: %s needs an auxiliary network"
                            .formatted(input.task().name(), EnumNames.of(settings.alignment()))));
    ClassAlignment alignment =
        new ClassAlignment(construction.net().tf(), input.labels(), settings.kernel());
    List<String> layers = backbone.fullyConnected();
    for (int h = 0; h < layers.size(); h++) {
      boolean head = h == layers.size() - 1;
      Map<Integer, Integer> labels =
          head ? auxiliary.labels(input.task(), input.labelMap()) : Map.of();
      if (!head) {
        distances.add(
            alignment.hidden(
                auxiliary.weights(),
                layers.get(h),
                activations.inputs().get(h),
                activations.outputs().get(h)));
      } else if (settings.alignment() == Alignment.ALL && !labels.isEmpty()) {
        distances.add(
            alignment.head(
                auxiliary.weights(),
                labels,
                activations.inputs().get(h),
                activations.outputs().get(h)));
      }
    }
    return distances;
  }
}
