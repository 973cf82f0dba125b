package dev.twofold.models.methods;

import static org.ejml.dense.row.CommonOps_DDRM.mult;
import static org.ejml.dense.row.CommonOps_DDRM.multInner;
import static org.ejml.dense.row.CommonOps_DDRM.multOuter;
import static org.ejml.dense.row.CommonOps_DDRM.multTransA;
import static org.ejml.dense.row.CommonOps_DDRM.multTransB;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * Scatter of one task's training features, an image each: S_t = S_b + S_w, in float64.
 *
 * <pre>
 * S_b = Σ_c n_c/n (μ_c − x̄)(μ_c − x̄)ᵀ      S_w = 1/n Σ_i (x_i − μ_c(i))(x_i − μ_c(i))ᵀ
 * </pre>
 *
 * <p>Matrices M = V·W, [d_t, m], are given by W, [k, m], in the basis V of the features' principal
 * directions: S_b and S_w are 0 outside of it, so a projection gains nothing there. In it S_t is
 * diagonal and S_b = CᵀC with a row a class. With d_t > n nothing of [d_t, d_t] is ever needed: V
 * comes from the Gram matrix of the images, [n, n].
 */
final class TaskScatter {

  /**
   * A direction with less than this fraction of the largest variance is left out: round-off would
   * turn it, and it weighs nothing beside ε, which is at least the factor/d_t of the largest.
   */
  private static final double LEAST_VARIANCE = 1e-8;

  private static final double TIE = 1e-6;

  private final DMatrixRMaj mean; // x̄, [1, d_t]
  private final Basis basis; // V, [d_t, k]
  private final double[] variances; // of S_t in the basis, descending, [k]
  private final double epsilon;
  private final DMatrixRMaj classes; // C: √(n_c/n)·(μ_c − x̄)·V, [c, k]

  private TaskScatter(
      DMatrixRMaj mean, Basis basis, double[] variances, double epsilon, DMatrixRMaj classes) {
    this.mean = mean;
    this.basis = basis;
    this.variances = variances;
    this.epsilon = epsilon;
    this.classes = classes;
  }

  /**
   * The scatter of these features.
   *
   * @param x [n, d_t]; it is centred in place
   * @param labels [n], each in 0..classes-1, each at least once
   * @param epsilonFactor ε in units of the mean variance of a feature
   */
  static TaskScatter of(DMatrixRMaj x, int[] labels, int classes, double epsilonFactor) {
    DMatrixRMaj mean = CommonOps_DDRM.sumCols(x, null); // [1, d_t]
    CommonOps_DDRM.divide(mean, x.numRows);
    subtract(x, mean);
    boolean fewImages = x.numCols > x.numRows;
    // XᵀX and XXᵀ have the same eigenvalues.
    DMatrixRMaj product = fewImages ? multOuter(x, null) : multInner(x, null);
    CommonOps_DDRM.divide(product, x.numRows);
    SymmetricEigen eigen = SymmetricEigen.of(product);
    int k = eigen.rank(LEAST_VARIANCE);
    double[] variances = Arrays.copyOf(eigen.values(), k);
    Basis basis =
        fewImages ? Basis.ofGram(x, eigen.leading(k), variances) : Basis.of(eigen.leading(k));
    return new TaskScatter(
        mean,
        basis,
        variances,
        epsilonFactor * CommonOps_DDRM.trace(product) / x.numCols,
        basis.coordinates().apply(classDeviations(x, labels, classes)));
  }

  /**
   * V, without its [d_t, k] where the images are fewer than that.
   *
   * @param lift W → V·W
   * @param coordinates R → R·V, of rows
   */
  private record Basis(UnaryOperator<DMatrixRMaj> lift, UnaryOperator<DMatrixRMaj> coordinates) {

    static Basis of(DMatrixRMaj v) {
      return new Basis(w -> mult(v, w, null), rows -> mult(rows, v, null));
    }

    /** V = XᵀU·diag(n·s)^-½, U the eigenvectors of XXᵀ/n and s its eigenvalues. */
    static Basis ofGram(DMatrixRMaj x, DMatrixRMaj u, double[] s) {
      DMatrixRMaj scaled = u.copy(); // [n, k]
      CommonOps_DDRM.divideCols(
          scaled, Arrays.stream(s).map(value -> Math.sqrt(x.numRows * value)).toArray());
      return new Basis(
          w -> multTransA(x, mult(scaled, w, null), null),
          rows -> mult(multTransB(rows, x, null), scaled, null));
    }
  }

  /** √(n_c/n)·(μ_c − x̄), [c, d_t]. */
  private static DMatrixRMaj classDeviations(DMatrixRMaj centred, int[] labels, int classes) {
    DMatrixRMaj deviations = new DMatrixRMaj(classes, centred.numCols);
    int[] counts = new int[classes];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]]++;
      for (int j = 0; j < centred.numCols; j++) {
        deviations.add(labels[i], j, centred.get(i, j));
      }
    }
    for (int c = 0; c < classes; c++) {
      CommonOps_DDRM.scaleRow(1 / Math.sqrt((double) counts[c] * labels.length), deviations, c);
    }
    return deviations;
  }

  private static void subtract(DMatrixRMaj x, DMatrixRMaj mean) {
    for (int i = 0; i < x.numRows; i++) {
      for (int j = 0; j < x.numCols; j++) {
        x.add(i, j, -mean.get(j));
      }
    }
  }

  /** k: directions in which the features vary, at most d_t and n - 1. */
  int rank() {
    return variances.length;
  }

  /** V·W, [d_t, m]. */
  DMatrixRMaj lift(DMatrixRMaj w) {
    return basis.lift().apply(w);
  }

  /** Subtracts x̄ from other features, in place. */
  void centre(DMatrixRMaj x) {
    subtract(x, mean);
  }

  /** x̄, [1, d_t]. */
  DMatrixRMaj mean() {
    return mean;
  }

  /** WᵀS_bW, [m, m]. */
  DMatrixRMaj between(DMatrixRMaj w) {
    return multInner(mult(classes, w, null), null);
  }

  /** Wᵀ(S_t + εI)W, [m, m]. */
  DMatrixRMaj total(DMatrixRMaj w) {
    DMatrixRMaj scaled = w.copy();
    CommonOps_DDRM.multRows(regularised(s -> s), scaled);
    return multTransA(w, scaled, null);
  }

  /** Wᵀ(S_w + εI)W, [m, m]. */
  DMatrixRMaj within(DMatrixRMaj w) {
    DMatrixRMaj within = total(w);
    CommonOps_DDRM.subtractEquals(within, between(w));
    return within;
  }

  /**
   * PCA-whitening to r dimensions, [k, r]. The mean of the class of most weight in S_b along a
   * direction is on its positive side, so that the tasks' directions do not meet by the
   * eigenvectors' chance of a sign.
   */
  DMatrixRMaj whitening(int r) {
    DMatrixRMaj w = new DMatrixRMaj(rank(), r);
    double[] scale = regularised(s -> 1 / Math.sqrt(s));
    for (int i = 0; i < r; i++) {
      w.set(i, i, sign(i) * scale[i]);
    }
    return w;
  }

  /** Of classes of equal weight, up to round-off, the first counts. */
  private int sign(int direction) {
    DMatrixRMaj along = CommonOps_DDRM.extractColumn(classes, direction, null);
    double farthest = CommonOps_DDRM.elementMaxAbs(along);
    return Arrays.stream(along.getData())
                .filter(place -> Math.abs(place) >= (1 - TIE) * farthest)
                .findFirst()
                .orElse(1)
            < 0
        ? -1
        : 1;
  }

  /**
   * LDA: the d directions, or as many as there are, with the largest ratio of S_b to S_t + εI, [k,
   * at most d].
   */
  DMatrixRMaj discriminants(int d) {
    // L = (S_t + εI)^-½ Cᵀ: LLᵀ and LᵀL, which is [c, c], have the same eigenvalues
    DMatrixRMaj l = CommonOps_DDRM.transpose(classes, null); // [k, c]
    double[] scale = regularised(s -> 1 / Math.sqrt(s));
    CommonOps_DDRM.multRows(scale, l);
    SymmetricEigen eigen = SymmetricEigen.of(multInner(l, null));
    int count = Math.min(d, eigen.rank(LEAST_VARIANCE));
    DMatrixRMaj w = mult(l, eigen.leading(count), null);
    CommonOps_DDRM.divideCols(
        w, Arrays.stream(eigen.values()).limit(count).map(Math::sqrt).toArray());
    CommonOps_DDRM.multRows(scale, w);
    return w;
  }

  /**
   * W + step·(S_t + εI)⁻¹S_bWPPᵀ, half the gradient of tr(PᵀWᵀS_bWP) in the metric of the
   * constraint, brought back to Wᵀ(S_t + εI)W = I.
   */
  DMatrixRMaj stepped(DMatrixRMaj w, DMatrixRMaj p, double step) {
    DMatrixRMaj projected = mult(classes, mult(w, p, null), null); // CWP, [c, d]
    DMatrixRMaj stepped = multTransA(classes, multTransB(projected, p, null), null); // [k, r]
    CommonOps_DDRM.multRows(regularised(s -> step / s), stepped);
    CommonOps_DDRM.addEquals(stepped, w);
    return mult(stepped, SymmetricEigen.of(total(stepped)).inverseRoot(), null);
  }

  /** A function of the diagonal of S_t + εI. */
  private double[] regularised(DoubleUnaryOperator function) {
    return Arrays.stream(variances).map(s -> function.applyAsDouble(s + epsilon)).toArray();
  }
}
