package dev.twofold.models.methods;

import dev.twofold.models.Randomness;
import dev.twofold.models.Step.Update;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.DamtlSettings.MaskStep;
import dev.twofold.models.methods.DamtlSettings.Sparsity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;

/** Ψ of one convolution layer of DAMTL: eq. (1) of [B], and its part of eq. (4). */
final class SoftMask {
  private static final float MIN_NORM = 1e-12f;

  private final Convolution layer;
  private final Variable kernel;
  private final Variable psi;
  private final DamtlSettings settings;

  SoftMask(
      Net net, String task, Convolution layer, Variable kernel, DamtlSettings settings, long seed) {
    this.layer = layer;
    this.kernel = kernel;
    this.settings = settings;
    String name = "%s/%s/mask".formatted(task, layer.name());
    this.psi = net.variable(name, Role.MASK, start(name, kernel, settings, seed));
  }

  private static Weight start(String name, Variable kernel, DamtlSettings settings, long seed) {
    double low = settings.maskInit().get(0);
    double high = settings.maskInit().get(1);
    SplittableRandom random = Randomness.stream(seed, "start/" + name);
    float[] values = new float[kernel.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (low + (high - low) * random.nextDouble());
    }
    return new Weight(kernel.shape(), values);
  }

  String layer() {
    return layer.name();
  }

  Variable psi() {
    return psi;
  }

  Variable kernel() {
    return kernel;
  }

  /** Eq. (1): S = Ψ ⊙ W. */
  Operand<TFloat32> masked(Ops tf) {
    return tf.math.mul(psi.value(), kernel.value());
  }

  /** Whether nothing is heard of a channel whose whole mask is zero. */
  boolean silencesChannels() {
    return settings.sparsity() == Sparsity.CHANNEL;
  }

  /**
   * The layer's parameters as the convolution and batch norm run on them: S of eq. (1), and with
   * {@code sparsity: channel} what a channel emits without weights, [Cout], so that it falls silent
   * with its whole mask and an export can leave it out. Batch norm would undo any scale of a
   * kernel; its γ and β take the channel's size ‖Ψ_row‖₂/√D, so that the size has an effect, and a
   * gradient.
   *
   * @param column of the task, by name
   */
  Map<String, Operand<TFloat32>> masked(Ops tf, Map<String, Variable> column) {
    Map<String, Operand<TFloat32>> masked = new LinkedHashMap<>();
    masked.put(layer.kernel(), masked(tf));
    if (silencesChannels()) {
      Operand<TFloat32> squares =
          tf.math.mean(tf.math.square(psi.value()), tf.constant(new int[] {0, 1, 2})); // [Cout]
      Operand<TFloat32> there = tf.stopGradient(tf.math.sign(squares));
      Operand<TFloat32> orOne = tf.math.sub(tf.constant(1f), there); // √ has no gradient at 0
      Operand<TFloat32> size = tf.math.mul(tf.math.sqrt(tf.math.add(squares, orOne)), there);
      Map<String, Operand<TFloat32>> factors = new LinkedHashMap<>();
      factors.put(layer.bias(), there);
      factors.put(layer.name() + "/gamma", size);
      factors.put(layer.name() + "/beta", size);
      factors.keySet().retainAll(column.keySet());
      factors.forEach(
          (name, factor) -> masked.put(name, tf.math.mul(column.get(name).value(), factor)));
    }
    return masked;
  }

  /**
   * Ψ ← max(0, Ψ − η·g − η·α_t·λ1), or with {@code sparsity: channel} the group's proximal step,
   * which shrinks each kernel's mask by η·α_t·λ1·√D.
   */
  Update update(Ops tf) {
    boolean rms = settings.maskStep() == MaskStep.RMS;
    UnaryOperator<Operand<TFloat32>> gradient =
        rms ? g -> normalised(tf, g) : UnaryOperator.identity();
    return new Update(
        settings.maskRate(), !rms, gradient, (stepped, rate) -> proximal(tf, stepped, rate));
  }

  private Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> g) {
    return settings.sparsity() == Sparsity.ELEMENT ? dividedByRms(tf, g) : ofChannels(tf, g);
  }

  /**
   * The gradient of each channel's size s = ‖Ψ_row‖₂/√D, divided by the layer's rms of these, as a
   * change of Ψ that scales whole rows; λ1 is then in units of s. Normalised by element, what a
   * channel's elements agree on would be too small beside λ1 for channels to part. An empty channel
   * stays so, and counts as 0 in the rms: the more are gone, the further the others step.
   */
  private Operand<TFloat32> ofChannels(Ops tf, Operand<TFloat32> g) {
    Operand<TFloat32> direction = tf.math.divNoNan(psi.value(), norms(tf, psi.value()));
    Operand<TFloat32> along =
        tf.sum(
            tf.math.mul(g, direction),
            tf.constant(new int[] {0, 1, 2}),
            Sum.keepDims(true)); // [1, 1, 1, Cout]
    return tf.math.mul(
        tf.math.mul(direction, dividedByRms(tf, along)),
        tf.constant((float) Math.sqrt(layer.rowLength())));
  }

  /** ‖Ψ_row‖₂, [1, 1, 1, Cout]. */
  private static Operand<TFloat32> norms(Ops tf, Operand<TFloat32> masks) {
    return tf.math.sqrt(
        tf.sum(tf.math.square(masks), tf.constant(new int[] {0, 1, 2}), Sum.keepDims(true)));
  }

  private static Operand<TFloat32> dividedByRms(Ops tf, Operand<TFloat32> g) {
    Operand<TFloat32> rms =
        tf.math.sqrt(
            tf.math.mean(
                tf.math.square(tf.reshape(g, tf.constant(new int[] {-1}))), tf.constant(0)));
    return tf.math.div(g, tf.math.maximum(rms, tf.constant(MIN_NORM)));
  }

  /** The proximal operator of η·α_t·λ1·‖Ψ‖₁ on Ψ ≥ 0. */
  Operand<TFloat32> proximal(Ops tf, Operand<TFloat32> stepped, Operand<TFloat32> rate) {
    Operand<TFloat32> threshold =
        tf.math.mul(rate, tf.constant((float) (settings.taskWeight() * settings.lambda1())));
    if (settings.sparsity() == Sparsity.ELEMENT) {
      return tf.math.maximum(tf.math.sub(stepped, threshold), tf.constant(0f));
    }
    Operand<TFloat32> positive = tf.math.maximum(stepped, tf.constant(0f));
    Operand<TFloat32> shrunk =
        tf.math.sub(
            tf.constant(1f),
            tf.math.div(
                tf.math.mul(threshold, tf.constant((float) Math.sqrt(layer.rowLength()))),
                tf.math.maximum(norms(tf, positive), tf.constant(MIN_NORM))));
    return tf.math.mul(positive, tf.math.maximum(shrunk, tf.constant(0f)));
  }
}
