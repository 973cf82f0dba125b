package dev.twofold.models.methods;

import static org.ejml.dense.row.CommonOps_DDRM.mult;
import static org.ejml.dense.row.CommonOps_DDRM.multTransA;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * MTDA's objective λ and its ascent: P and the M_t in turn, none of which lowers it.
 *
 * <pre>
 * A = Σ_t M_tᵀ S_b^t M_t      B = Σ_t M_tᵀ (S_w^t + εI) M_t      λ = tr(PᵀAP) / tr(PᵀBP)
 * </pre>
 */
final class TraceRatio {

  /** Halvings of M_t's step before M_t is left where it is: it is at its best for this P. */
  private static final int HALVINGS = 20;

  private final List<TaskScatter> tasks;
  private final List<DMatrixRMaj> m; // in the bases of the tasks' features, [k_t, r]
  private DMatrixRMaj p; // [r, d]
  private double value;

  /**
   * The objective where M_t begins, with P the first d directions.
   *
   * @param start M_t under M_tᵀ(S_t + εI)M_t = I, in the basis of the task's features, [k_t, r]
   */
  TraceRatio(List<TaskScatter> tasks, List<DMatrixRMaj> start, int d) {
    this.tasks = List.copyOf(tasks);
    this.m = new ArrayList<>(start);
    this.p = CommonOps_DDRM.identity(start.get(0).numCols, d);
    this.value = ratio();
  }

  /** λ. */
  double value() {
    return value;
  }

  /** M_t of a task, in the basis of its features, [k_t, r]. */
  DMatrixRMaj m(int task) {
    return m.get(task);
  }

  /** [r, d]. */
  DMatrixRMaj p() {
    return p;
  }

  /** One step of P, and then of each M_t. */
  void pass() {
    stepP();
    for (int t = 0; t < tasks.size(); t++) {
      stepM(t);
    }
  }

  /** For the current λ, the leading eigenvectors of A − λB. */
  private void stepP() {
    DMatrixRMaj difference = sum(TaskScatter::between);
    CommonOps_DDRM.addEquals(difference, -value, sum(TaskScatter::within));
    DMatrixRMaj before = p;
    p = SymmetricEigen.of(difference).leading(before.numCols);
    if (!accepted()) {
      p = before;
    }
  }

  /** A damped step, halved as long as λ falls. */
  private void stepM(int t) {
    DMatrixRMaj before = m.get(t);
    double step = 1;
    for (int i = 0; i < HALVINGS; i++) {
      m.set(t, tasks.get(t).stepped(before, p, step));
      if (accepted()) {
        return;
      }
      step /= 2;
    }
    m.set(t, before);
  }

  private boolean accepted() {
    double candidate = ratio();
    boolean accepted = candidate >= value;
    value = accepted ? candidate : value;
    return accepted;
  }

  private double ratio() {
    return trace(sum(TaskScatter::between)) / trace(sum(TaskScatter::within));
  }

  private DMatrixRMaj sum(BiFunction<TaskScatter, DMatrixRMaj, DMatrixRMaj> scatter) {
    int r = p.numRows;
    DMatrixRMaj sum = new DMatrixRMaj(r, r);
    for (int t = 0; t < tasks.size(); t++) {
      CommonOps_DDRM.addEquals(sum, scatter.apply(tasks.get(t), m.get(t)));
    }
    return sum;
  }

  /** tr(PᵀXP). */
  private double trace(DMatrixRMaj x) {
    return CommonOps_DDRM.trace(multTransA(p, mult(x, p, null), null));
  }
}
