package dev.twofold.models.methods;

import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.MtdaSettings.Classifier;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * A classifier whose logit of class k is −‖z − q‖², q the nearest prototype of the class: its mean,
 * or any of its training images. As probabilities: normal classes of variance ½.
 */
final class NearestPrototype {

  private final List<DMatrixRMaj> prototypes; // of each class, [n_k, d]

  private NearestPrototype(List<DMatrixRMaj> prototypes) {
    this.prototypes = prototypes;
  }

  /**
   * The prototypes of these images.
   *
   * @param z [n, d]
   * @param labels [n], each in 0..classes-1, each at least once
   */
  static NearestPrototype of(Classifier kind, DMatrixRMaj z, int[] labels, int classes) {
    List<DMatrixRMaj> prototypes = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      DMatrixRMaj images = rows(z, labels, k); // [n_k, d]
      prototypes.add(kind == Classifier.NEAREST_MEAN ? mean(images) : images);
    }
    return new NearestPrototype(prototypes);
  }

  private static DMatrixRMaj rows(DMatrixRMaj z, int[] labels, int k) {
    DMatrixRMaj rows = new DMatrixRMaj(0, z.numCols);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == k) {
        rows = CommonOps_DDRM.concatRowsMulti(rows, CommonOps_DDRM.extractRow(z, i, null));
      }
    }
    return rows;
  }

  private static DMatrixRMaj mean(DMatrixRMaj rows) {
    DMatrixRMaj mean = CommonOps_DDRM.sumCols(rows, null);
    CommonOps_DDRM.divide(mean, rows.numRows);
    return mean;
  }

  /** Fraction of these images that are classified rightly. */
  double accuracy(DMatrixRMaj z, int[] labels) {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += best(logits(z, i)) == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** Mean cross-entropy of these images. */
  double crossEntropy(DMatrixRMaj z, int[] labels) {
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      double[] logits = logits(z, i);
      double highest = logits[best(logits)];
      double partition = 0;
      for (double logit : logits) {
        partition += Math.exp(logit - highest);
      }
      sum += Math.log(partition) + highest - logits[labels[i]];
    }
    return sum / labels.length;
  }

  /** The first of the highest, as TensorFlow's argmax has it. */
  private static int best(double[] logits) {
    int best = 0;
    for (int k = 1; k < logits.length; k++) {
      best = logits[k] > logits[best] ? k : best;
    }
    return best;
  }

  private double[] logits(DMatrixRMaj z, int image) {
    double[] logits = new double[prototypes.size()];
    for (int k = 0; k < logits.length; k++) {
      logits[k] = -nearest(z, image, prototypes.get(k));
    }
    return logits;
  }

  /** Least squared distance of a row of z to a row of q. */
  private static double nearest(DMatrixRMaj z, int image, DMatrixRMaj q) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < q.numRows; j++) {
      double distance = 0;
      for (int i = 0; i < q.numCols; i++) {
        double difference = z.get(image, i) - q.get(j, i);
        distance += difference * difference;
      }
      nearest = Math.min(nearest, distance);
    }
    return nearest;
  }

  /** Adds the prototypes of each class k as {@code prototypes/<k>}, [n_k, d]. */
  void addTo(Weights weights) {
    for (int k = 0; k < prototypes.size(); k++) {
      weights.put(name(k), weight(prototypes.get(k)));
    }
  }

  static Weight weight(DMatrixRMaj matrix) {
    float[] values = new float[matrix.getNumElements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.get(i);
    }
    return new Weight(new long[] {matrix.numRows, matrix.numCols}, values);
  }

  private static String name(int k) {
    return "prototypes/" + k;
  }

  /**
   * The logits as a graph, [B, c].
   *
   * @param z [B, d]
   */
  static Operand<TFloat32> logits(Ops tf, Parameters parameters, Operand<TFloat32> z, int classes) {
    Operand<TFloat32> images = tf.expandDims(z, tf.constant(1)); // [B, 1, d]
    List<Operand<TFloat32>> logits = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      Operand<TFloat32> differences = tf.math.sub(images, parameters.get(name(k))); // [B, n_k, d]
      Operand<TFloat32> distances = tf.sum(tf.math.square(differences), tf.constant(2));
      logits.add(tf.math.neg(tf.min(distances, tf.constant(1)))); // [B]
    }
    return tf.stack(logits, Stack.axis(1L));
  }
}
