package dev.twofold.models.losses;

import dev.twofold.models.training.TrainingSettings.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Loss terms that several methods share. */
public final class Losses {

  /**
   * TensorFlow's switch, "1" or "true" in the environment, for the same bits each time. On a GPU it
   * refuses the fused cross-entropy then, which adds in whatever order its threads come.
   */
  public static final String DETERMINISTIC = "TF_DETERMINISTIC_OPS";

  private static final boolean IS_DETERMINISTIC =
      List.of("1", "true")
          .contains(System.getenv().getOrDefault(DETERMINISTIC, "").toLowerCase(Locale.ROOT));

  private Losses() {}

  /**
   * Cross-entropy of a batch: eq. (7) of [A], first term of eq. (4) of [B].
   *
   * @param logits [B, c]
   * @param labels one-hot [B, c]; sparse labels have no gradient in the C++ graph
   */
  public static Operand<TFloat32> crossEntropy(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels, Reduction reduction) {
    Operand<TFloat32> each = // [B]
        IS_DETERMINISTIC
            ? composed(tf, logits, labels)
            : tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss();
    return reduction == Reduction.MEAN ? tf.math.mean(each, tf.constant(0)) : sum(tf, each);
  }

  /** −Σ labels·log softmax(logits), of the operations that a GPU makes the same bits with. */
  static Operand<TFloat32> composed(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
    Operand<TFloat32> products = tf.math.mul(labels, tf.nn.logSoftmax(logits)); // [B, c]
    return tf.math.neg(tf.sum(products, tf.constant(1)));
  }

  /** ‖W‖ = √Σ w², one norm over all of these together, not squared. */
  public static Operand<TFloat32> norm(Ops tf, List<Operand<TFloat32>> weights) {
    List<Operand<TFloat32>> squares = new ArrayList<>();
    for (Operand<TFloat32> weight : weights) {
      squares.add(sum(tf, tf.math.square(weight)));
    }
    return tf.math.sqrt(tf.math.maximum(tf.math.addN(squares), tf.constant(Float.MIN_NORMAL)));
  }

  /** Σ over all elements. */
  public static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> x) {
    return tf.sum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
  }
}
