package dev.twofold.models.training;

import dev.twofold.models.Step;
import dev.twofold.models.Step.Update;
import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.losses.Losses;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Turns steps into update operations on resource variables. TensorFlow for Java's own optimisers
 * differentiate every variable and make ref variables, whose updates race with their readers.
 */
final class Optimiser {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;
  private static final Update PLAIN = Update.atRate(1);

  private final Net net;
  private final Ops tf;
  private final TrainingSettings settings;
  private final Placeholder<TFloat32> learningRate;

  /** β1^k and β2^k of Adam's bias correction at step k, fed. */
  private final Placeholder<TFloat32> betaPowers;

  Optimiser(Net net, TrainingSettings settings) {
    this.net = net;
    this.tf = net.tf();
    this.settings = settings;
    this.learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    this.betaPowers = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2)));
  }

  Placeholder<TFloat32> learningRate() {
    return learningRate;
  }

  Placeholder<TFloat32> betaPowers() {
    return betaPowers;
  }

  /** What to feed to {@link #betaPowers} at a step, from 0. */
  static float[] betaPowers(int step) {
    return new float[] {(float) Math.pow(BETA1, step + 1), (float) Math.pow(BETA2, step + 1)};
  }

  /** The update operations of a step. */
  List<Op> updates(Step step, Operand<TFloat32> loss) {
    List<Variable> variables = step.variables();
    Output<?>[] values =
        variables.stream().map(v -> v.value().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] gradients = net.graph().addGradients(loss.asOutput(), values);
    List<Operand<TFloat32>> clipped = clip(gradients);
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      Update update = step.updates().get(variable);
      updates.add(
          update == null
              ? apply(variable, PLAIN, learningRate, clipped.get(i))
              : departing(variable, update, clipped.get(i)));
    }
    return updates;
  }

  /** Scales the gradients of a step so that their common norm is {@code clipNorm} at most. */
  @SuppressWarnings("unchecked")
  private List<Operand<TFloat32>> clip(Output<?>[] outputs) {
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    for (Output<?> output : outputs) {
      gradients.add((Output<TFloat32>) output);
    }
    if (settings.clipNorm() == 0) {
      return gradients;
    }
    Operand<TFloat32> bound = tf.constant((float) settings.clipNorm());
    Operand<TFloat32> scale =
        tf.math.div(bound, tf.math.maximum(Losses.norm(tf, gradients), bound));
    List<Operand<TFloat32>> clipped = new ArrayList<>();
    gradients.forEach(gradient -> clipped.add(tf.math.mul(gradient, scale)));
    return clipped;
  }

  private Op departing(Variable variable, Update update, Operand<TFloat32> gradient) {
    Operand<TFloat32> rate = tf.math.mul(learningRate, tf.constant((float) update.rate()));
    Op step = apply(variable, update, rate, update.gradient().apply(gradient));
    Operand<TFloat32> stepped =
        tf.withControlDependencies(step).readVariableOp(variable.handle(), TFloat32.class);
    return tf.assignVariableOp(variable.handle(), update.proximal().apply(stepped, rate));
  }

  private Op apply(
      Variable variable, Update update, Operand<TFloat32> rate, Operand<TFloat32> gradient) {
    return settings.optimizer() == Optimizer.ADAMW && update.momentum()
        ? adamW(variable, rate, gradient)
        : sgd(variable, update, rate, gradient);
  }

  /** Weight decay joins the gradient behind the clipping. */
  private Op sgd(
      Variable variable, Update update, Operand<TFloat32> rate, Operand<TFloat32> gradient) {
    Operand<TFloat32> g = gradient;
    if (settings.weightDecay() > 0 && variable.role().decays()) {
      g =
          tf.math.add(
              g, tf.math.mul(variable.value(), tf.constant((float) settings.weightDecay())));
    }
    if (settings.momentum() == 0 || !update.momentum()) {
      return tf.train.resourceApplyGradientDescent(variable.handle(), rate, g);
    }
    Variable momentum = net.state(variable.name() + "/momentum", variable.shape());
    return tf.train.resourceApplyMomentum(
        variable.handle(), momentum.handle(), rate, g, tf.constant((float) settings.momentum()));
  }

  /** Loshchilov and Hutter (ICLR 2019): decay beside the adaptive step, not through it. */
  private Op adamW(Variable variable, Operand<TFloat32> rate, Operand<TFloat32> gradient) {
    Variable m = net.state(variable.name() + "/m", variable.shape());
    Variable v = net.state(variable.name() + "/v", variable.shape());
    Ops then = tf;
    if (settings.weightDecay() > 0 && variable.role().decays()) {
      Operand<TFloat32> decay = tf.math.mul(rate, tf.constant((float) settings.weightDecay()));
      Op decayed =
          tf.withControlDependencies(gradient)
              .assignSubVariableOp(variable.handle(), tf.math.mul(variable.value(), decay));
      then = tf.withControlDependencies(decayed);
    }
    return then.train.resourceApplyAdam(
        variable.handle(),
        m.handle(),
        v.handle(),
        power(0),
        power(1),
        rate,
        tf.constant(BETA1),
        tf.constant(BETA2),
        epsilon(),
        gradient);
  }

  /** The paper adds ε to √v̂, TensorFlow to √v = √(1 − β2^k)·√v̂. */
  private Operand<TFloat32> epsilon() {
    return tf.math.mul(tf.constant(EPSILON), tf.math.sqrt(tf.math.sub(tf.constant(1f), power(1))));
  }

  private Operand<TFloat32> power(int index) {
    return tf.reshape(
        tf.slice(betaPowers, tf.constant(new int[] {index}), tf.constant(new int[] {1})),
        tf.constant(new int[0]));
  }
}
