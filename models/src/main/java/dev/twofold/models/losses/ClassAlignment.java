package dev.twofold.models.losses;

import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.DamtlSettings.Kernel;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Class alignment, eq. (3) of [B]: for each class of the batch the squared distance between the
 * mean of f_aux(O_k) and the mean of f_t(O_k), before the activation, summed over classes. f_aux is
 * frozen; both read the task's own representation O_k, so the gradient flows into O_k as well.
 */
public final class ClassAlignment {
  private final Ops tf;
  private final Operand<TFloat32> labels;
  private final Operand<TFloat32> counts;
  private final Kernel kernel;

  /**
   * Alignment over one batch.
   *
   * @param labels one-hot [B, c]
   */
  public ClassAlignment(Ops tf, Operand<TFloat32> labels, Kernel kernel) {
    this.tf = tf;
    this.labels = labels;
    this.kernel = kernel;
    this.counts =
        tf.math.maximum(
            tf.expandDims(tf.sum(labels, tf.constant(0)), tf.constant(1)),
            tf.constant(1f)); // [c, 1]
  }

  /**
   * D of a hidden layer.
   *
   * @param layer its name in the auxiliary network
   * @param input O, [B, in]
   * @param output f_t(O), [B, out]
   */
  public Operand<TFloat32> hidden(
      Weights auxiliary, String layer, Operand<TFloat32> input, Operand<TFloat32> output) {
    return distance(
        linear(input, auxiliary.get(layer + "/kernel"), auxiliary.get(layer + "/bias")), output);
  }

  /**
   * D of the head, over the task's labels that the auxiliary task covers.
   *
   * @param covered label of the task → label of the auxiliary task
   */
  public Operand<TFloat32> head(
      Weights auxiliary,
      Map<Integer, Integer> covered,
      Operand<TFloat32> input,
      Operand<TFloat32> output) {
    int[] own = covered.keySet().stream().mapToInt(Integer::intValue).toArray();
    int[] theirs = covered.values().stream().mapToInt(Integer::intValue).toArray();
    Operand<TFloat32> all =
        linear(
            input,
            auxiliary.get(Backbone.HEAD + "/kernel"),
            auxiliary.get(Backbone.HEAD + "/bias"));
    return distance(
        tf.gather(all, tf.constant(theirs), tf.constant(1)),
        tf.gather(output, tf.constant(own), tf.constant(1)));
  }

  private Operand<TFloat32> linear(Operand<TFloat32> input, Weight kernel, Weight bias) {
    Operand<TFloat32> matrix =
        tf.reshape(tf.constant(kernel.values()), tf.constant(kernel.shape())); // [in, out]
    return tf.nn.biasAdd(tf.linalg.matMul(input, matrix), tf.constant(bias.values()));
  }

  private Operand<TFloat32> distance(Operand<TFloat32> auxiliary, Operand<TFloat32> own) {
    return kernel == Kernel.LINEAR ? linear(auxiliary, own) : gaussian(auxiliary, own);
  }

  private Operand<TFloat32> linear(Operand<TFloat32> auxiliary, Operand<TFloat32> own) {
    Operand<TFloat32> difference = tf.math.sub(auxiliary, own); // [B, out]
    Operand<TFloat32> means =
        tf.math.div(
            tf.linalg.matMul(labels, difference, MatMul.transposeA(true)), counts); // [c, out]
    return Losses.sum(tf, tf.math.square(means));
  }

  /**
   * The distance of the means in the feature space of a Gaussian kernel (the maximum mean
   * discrepancy of Gretton et al., JMLR 2012), with the mean squared distance of the batch as its
   * bandwidth.
   */
  private Operand<TFloat32> gaussian(Operand<TFloat32> auxiliary, Operand<TFloat32> own) {
    Operand<TFloat32> perClass =
        tf.math.div(
            labels,
            tf.linalg.transpose(counts, tf.constant(new int[] {1, 0}))); // [B, c], 1/n_c in class c
    Operand<TFloat32> pairs =
        tf.linalg.matMul(perClass, perClass, MatMul.transposeB(true)); // [B, B], 1/n_c² within c
    Operand<TFloat32> between = squaredDistances(auxiliary, own); // [B, B]
    Operand<TFloat32> bandwidth =
        tf.stopGradient(
            tf.math.maximum(
                tf.math.mean(tf.reshape(between, tf.constant(new int[] {-1})), tf.constant(0)),
                tf.constant(1e-12f)));
    Operand<TFloat32> similarity =
        tf.math.sub(
            tf.math.add(
                similarity(squaredDistances(auxiliary, auxiliary), bandwidth),
                similarity(squaredDistances(own, own), bandwidth)),
            tf.math.mul(tf.constant(2f), similarity(between, bandwidth)));
    return Losses.sum(tf, tf.math.mul(pairs, similarity));
  }

  private Operand<TFloat32> similarity(Operand<TFloat32> squared, Operand<TFloat32> bandwidth) {
    return tf.math.exp(tf.math.neg(tf.math.div(squared, bandwidth)));
  }

  private Operand<TFloat32> squaredDistances(Operand<TFloat32> x, Operand<TFloat32> y) {
    Operand<TFloat32> xx = tf.sum(tf.math.square(x), tf.constant(1), keep()); // [B, 1]
    Operand<TFloat32> yy =
        tf.linalg.transpose(
            tf.sum(tf.math.square(y), tf.constant(1), keep()), tf.constant(new int[] {1, 0}));
    Operand<TFloat32> xy = tf.linalg.matMul(x, y, MatMul.transposeB(true));
    return tf.math.maximum(
        tf.math.sub(tf.math.add(xx, yy), tf.math.mul(tf.constant(2f), xy)), tf.constant(0f));
  }

  private static Sum.Options keep() {
    return Sum.keepDims(true);
  }
}
