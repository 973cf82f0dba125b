package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ejml.dense.row.CommonOps_DDRM.mult;

import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskScatterTest {

  /**
   * Two points of class 0 around (2, 0), two of class 1 around (−2, 0), moved by (10, 5), which a
   * scatter does not see: S_b = diag(4, 0), S_w = diag(1, 1), mean variance 3, ε = 0.3.
   */
  private static TaskScatter fourPoints() {
    DMatrixRMaj x = new DMatrixRMaj(new double[][] {{13, 6}, {11, 4}, {7, 6}, {9, 4}});
    return TaskScatter.of(x, new int[] {0, 0, 1, 1}, 2, 0.1);
  }

  @Test
  void isWhatOneWorksOutByHand() {
    TaskScatter scatter = fourPoints();
    DMatrixRMaj basis = CommonOps_DDRM.identity(2);

    assertThat(scatter.rank()).isEqualTo(2);
    assertEquals(scatter.mean(), new double[][] {{10, 5}});
    assertEquals(scatter.between(basis), new double[][] {{4, 0}, {0, 0}});
    assertEquals(scatter.within(basis), new double[][] {{1.3, 0}, {0, 1.3}});
    assertEquals(scatter.total(basis), new double[][] {{5.3, 0}, {0, 1.3}});
  }

  /** The one discriminant is the first axis: S_b / (S_w + ε) = 4 / 1.3. */
  @Test
  void ldaOfFourPointsIsTheirFirstAxis() {
    TaskScatter scatter = fourPoints();
    DMatrixRMaj w = scatter.discriminants(1);
    DMatrixRMaj m = scatter.lift(w);

    assertThat(scatter.between(w).get(0) / scatter.within(w).get(0))
        .isCloseTo(4 / 1.3, within(1e-12));
    assertThat(Math.abs(m.get(0))).as("1 / √5.3").isCloseTo(0.434372, within(1e-6));
    assertThat(m.get(1)).isCloseTo(0, within(1e-12));
  }

  @Test
  void twoClassesHaveOneDiscriminant() {
    assertThat(fourPoints().discriminants(2).numCols).isEqualTo(1);
  }

  @Test
  void whiteningHasTheClassesOnTheSideThatTheirMeansSay() {
    TaskScatter scatter = fourPoints();
    DMatrixRMaj m = scatter.lift(scatter.whitening(1));

    assertThat(m.get(0)).as("class 0, the first of two equally far").isPositive();
  }

  /** Against S_w from the images' distances to their class means, in the features' own space. */
  @ParameterizedTest
  @CsvSource({"40, 6", "12, 30"})
  void isTheScatterOfTheFeaturesWhetherImagesOrDimensionsAreFewer(int images, int dimensions) {
    DMatrixRMaj x = random(images, dimensions, 5);
    int[] labels = labels(images, 3);
    DMatrixRMaj inside = withinScatter(x, labels, 3);
    TaskScatter scatter = TaskScatter.of(x.copy(), labels, 3, 0.1);
    int k = Math.min(images - 1, dimensions);
    DMatrixRMaj w = random(k, 4, 6);
    DMatrixRMaj m = scatter.lift(w); // [d_t, 4]
    double epsilon = 0.1 * variance(x) / dimensions;

    assertThat(scatter.rank()).isEqualTo(k);
    assertClose(scatter.within(w), regularised(inside, m, epsilon));
    DMatrixRMaj sum = scatter.between(w);
    CommonOps_DDRM.addEquals(sum, scatter.within(w));
    assertClose(scatter.total(w), sum);
  }

  @ParameterizedTest
  @CsvSource({"40, 6", "12, 30"})
  void whiteningAndStepsKeepTheConstraint(int images, int dimensions) {
    TaskScatter scatter = TaskScatter.of(random(images, dimensions, 7), labels(images, 3), 3, 0.1);
    DMatrixRMaj start = scatter.whitening(5);
    DMatrixRMaj stepped = scatter.stepped(start, CommonOps_DDRM.identity(5, 2), 0.7);

    assertClose(scatter.total(start), CommonOps_DDRM.identity(5));
    assertClose(scatter.total(stepped), CommonOps_DDRM.identity(5));
    assertThat(MatrixFeatures_DDRM.isEquals(start, stepped, 1e-3)).isFalse();
  }

  static DMatrixRMaj random(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
    for (int i = 0; i < matrix.getNumElements(); i++) {
      matrix.set(i, random.nextGaussian());
    }
    return matrix;
  }

  static int[] labels(int images, int classes) {
    int[] labels = new int[images];
    for (int i = 0; i < images; i++) {
      labels[i] = i % classes;
    }
    return labels;
  }

  /** S_w, [d, d]. */
  private static DMatrixRMaj withinScatter(DMatrixRMaj x, int[] labels, int classes) {
    DMatrixRMaj residuals = x.copy();
    for (int c = 0; c < classes; c++) {
      for (int j = 0; j < x.numCols; j++) {
        double sum = 0;
        int count = 0;
        for (int i = c; i < x.numRows; i += classes) {
          sum += x.get(i, j);
          count++;
        }
        for (int i = c; i < x.numRows; i += classes) {
          residuals.add(i, j, -sum / count);
        }
      }
    }
    DMatrixRMaj scatter = CommonOps_DDRM.multInner(residuals, null);
    CommonOps_DDRM.divide(scatter, labels.length);
    return scatter;
  }

  /** Sum of the features' variances. */
  private static double variance(DMatrixRMaj x) {
    double variance = 0;
    for (int j = 0; j < x.numCols; j++) {
      DMatrixRMaj column = CommonOps_DDRM.extractColumn(x, j, null);
      double mean = CommonOps_DDRM.elementSum(column) / x.numRows;
      variance += CommonOps_DDRM.dot(column, column) / x.numRows - mean * mean;
    }
    return variance;
  }

  /** Mᵀ(S + εI)M. */
  private static DMatrixRMaj regularised(DMatrixRMaj s, DMatrixRMaj m, double epsilon) {
    DMatrixRMaj sm = mult(s, m, null);
    CommonOps_DDRM.addEquals(sm, epsilon, m);
    return CommonOps_DDRM.multTransA(m, sm, null);
  }

  private static void assertEquals(DMatrixRMaj actual, double[][] expected) {
    assertClose(actual, new DMatrixRMaj(expected));
  }

  static void assertClose(DMatrixRMaj actual, DMatrixRMaj expected) {
    assertThat(MatrixFeatures_DDRM.isEquals(actual, expected, 1e-8))
        .as("%s must be %s", actual, expected)
        .isTrue();
  }
}
