package dev.twofold.models.methods;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Eigenvalues of a symmetric matrix with their unit eigenvectors, in descending order.
 *
 * @param values [n]
 * @param vectors [n, n], a column each
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record SymmetricEigen(double[] values, DMatrixRMaj vectors) {

  static SymmetricEigen of(DMatrixRMaj matrix) {
    int n = matrix.numRows;
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, true, true);
    if (!DecompositionFactory_DDRM.decomposeSafe(eigen, matrix)) {
      throw new ArithmeticException(
          "Cannot find the eigenvectors of a matrix of %d x %d (it must be finite)"
              .formatted(n, n));
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -eigen.getEigenvalue(i).getReal()))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = new double[n];
    DMatrixRMaj vectors = new DMatrixRMaj(n, n);
    for (int column = 0; column < n; column++) {
      values[column] = eigen.getEigenvalue(order[column]).getReal();
      DMatrixRMaj vector = eigen.getEigenVector(order[column]);
      for (int row = 0; row < n; row++) {
        vectors.set(row, column, vector.get(row));
      }
    }
    return new SymmetricEigen(values, vectors);
  }

  /** The first {@code count} eigenvectors, [n, count]. */
  DMatrixRMaj leading(int count) {
    return CommonOps_DDRM.extract(vectors, 0, vectors.numRows, 0, count);
  }

  /** The inverse of the matrix's square root, [n, n]. */
  DMatrixRMaj inverseRoot() {
    DMatrixRMaj scaled = vectors.copy();
    CommonOps_DDRM.divideCols(scaled, Arrays.stream(values).map(Math::sqrt).toArray());
    return CommonOps_DDRM.multTransB(scaled, vectors, null);
  }

  /** How many eigenvalues exceed this fraction of the largest. */
  int rank(double fraction) {
    double least = Math.max(0, fraction * values[0]);
    return (int) Arrays.stream(values).takeWhile(value -> value > least).count();
  }
}
