package dev.twofold.models.methods;

import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.MtalSettings.Pick;
import dev.twofold.models.methods.MtalSettings.Similarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * One convolution layer of MTAL over all columns: eqs. (3)–(6) of [A].
 *
 * <p>Kernels are worked on as columns of [D, Cout], TensorFlow's own order flattened, so no
 * transpose of the weights is needed. {@code pick: all} keeps M as a matrix [Cout_a, Cout_b];
 * {@code pick: mutual}, where a kernel has one partner a task at most, as an index [Cout_a], −1 for
 * none, which turns the matrix product of eq. (6) into a gather.
 */
final class SharedLayer {

  /** An ordered pair of columns. */
  private record Pair(int a, int b) {}

  private static final float MIN_NORM = 1e-12f;

  private final String name;
  private final List<Variable> kernels;
  private final MtalSettings settings;
  private final PriorGroups prior;
  private final Map<Pair, Variable> partners = new LinkedHashMap<>();
  private final List<Op> selections = new ArrayList<>();

  /**
   * Makes the layer's selection.
   *
   * @param kernels of each column, [kh, kw, Cin, Cout]
   * @param prior which columns may share
   */
  SharedLayer(
      Net net, String name, List<Variable> kernels, MtalSettings settings, PriorGroups prior) {
    this.name = name;
    this.kernels = kernels;
    this.settings = settings;
    this.prior = prior;
    List<Operand<TFloat32>> unit = new ArrayList<>();
    for (Variable kernel : kernels) {
      unit.add(normalised(net.tf(), compared(net, kernel)));
    }
    for (int a = 0; a < kernels.size(); a++) {
      for (int b = settings.within() ? a : a + 1; b < kernels.size(); b++) {
        if (mayShare(a, b)) {
          select(net, new Pair(a, b), unit.get(a), unit.get(b));
        }
      }
    }
  }

  String name() {
    return name;
  }

  /** Assignments that select partners anew, eq. (4). */
  List<Op> selections() {
    return selections;
  }

  int columns() {
    return kernels.size();
  }

  private boolean mayShare(int a, int b) {
    return prior.together(a, b) && rowLength(a) == rowLength(b);
  }

  /** Groups of columns, each of one prior group and one D, between which nothing is shared. */
  int groups() {
    int groups = 0;
    for (int a = 0; a < columns(); a++) {
      int column = a;
      groups += IntStream.range(0, a).anyMatch(b -> mayShare(b, column)) ? 0 : 1;
    }
    return groups;
  }

  /** Cout of a column. */
  int out(int column) {
    long[] shape = kernels.get(column).shape();
    return Math.toIntExact(shape[shape.length - 1]);
  }

  private long rowLength(int column) {
    return kernels.get(column).size() / out(column);
  }

  Variable kernel(int column) {
    return kernels.get(column);
  }

  /** M of an ordered pair, where the two can share. */
  Optional<Variable> partners(int a, int b) {
    return Optional.ofNullable(partners.get(new Pair(a, b)));
  }

  /** Partners of kernel i of column a in column b, from the values of {@link #partners}. */
  List<Integer> partnersOf(float[] selection, int i, int b) {
    List<Integer> found = new ArrayList<>();
    if (settings.pick() == Pick.MUTUAL) {
      if (selection[i] >= 0) {
        found.add((int) selection[i]);
      }
      return found;
    }
    for (int j = 0; j < out(b); j++) {
      if (selection[i * out(b) + j] > 0) {
        found.add(j);
      }
    }
    return found;
  }

  /** What eq. (3) compares: K, or (ours) K − K_start. */
  private Operand<TFloat32> compared(Net net, Variable kernel) {
    if (settings.similarity() == Similarity.KERNEL) {
      return kernel.value();
    }
    Variable start =
        net.variable(
            kernel.name() + "/start",
            Role.STATE,
            new Weight(kernel.shape(), kernel.initial().clone()));
    return net.tf().math.sub(kernel.value(), start.value());
  }

  /** K̂: every kernel divided by max(‖kernel‖, 1e-12); [D, Cout]. */
  private static Operand<TFloat32> normalised(Ops tf, Operand<TFloat32> kernel) {
    Operand<TFloat32> flat = flat(tf, kernel);
    Operand<TFloat32> norm =
        tf.math.sqrt(tf.sum(tf.math.square(flat), tf.constant(0), keep())); // [1, Cout]
    return tf.math.div(flat, tf.math.maximum(norm, tf.constant(MIN_NORM)));
  }

  private static Sum.Options keep() {
    return Sum.keepDims(true);
  }

  private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> kernel) {
    long[] shape = kernel.shape().asArray();
    return tf.reshape(kernel, tf.constant(new long[] {-1, shape[shape.length - 1]}));
  }

  private void select(Net net, Pair pair, Operand<TFloat32> unitA, Operand<TFloat32> unitB) {
    Ops tf = net.tf();
    // Eq. (3); clamped, since in float32 a third of identical rows exceed 1.
    Operand<TFloat32> s =
        tf.clipByValue(
            tf.linalg.matMul(unitA, unitB, MatMul.transposeA(true)),
            tf.constant(-1f),
            tf.constant(1f)); // [Cout_a, Cout_b]
    if (pair.a() == pair.b()) {
      s = withoutDiagonal(tf, s, out(pair.a()));
    }
    if (settings.pick() == Pick.ALL) {
      selectAll(net, pair, s);
    } else {
      selectMutual(net, pair, s);
    }
  }

  private static Operand<TFloat32> withoutDiagonal(Ops tf, Operand<TFloat32> s, int size) {
    float[] minusTwo = new float[size];
    Arrays.fill(minusTwo, -2);
    return tf.linalg.matrixSetDiag(s, tf.constant(minusTwo), tf.constant(0));
  }

  private void selectAll(Net net, Pair pair, Operand<TFloat32> s) {
    Ops tf = net.tf();
    // Eq. (4)
    Operand<TFloat32> m =
        tf.dtypes.cast(
            tf.math.greater(s, tf.constant((float) settings.threshold())), TFloat32.class);
    assign(net, pair, m, out(pair.a()), out(pair.b()));
    if (pair.a() != pair.b()) {
      assign(
          net,
          new Pair(pair.b(), pair.a()),
          tf.linalg.transpose(m, tf.constant(new int[] {1, 0})),
          out(pair.b()),
          out(pair.a()));
    }
  }

  /** Each other's best above ρ; ties go to the lowest index, as argMax has it. */
  private void selectMutual(Net net, Pair pair, Operand<TFloat32> s) {
    Ops tf = net.tf();
    Operand<TInt64> bestOfA = tf.math.argMax(s, tf.constant(1)); // [Cout_a]
    Operand<TInt64> bestOfB = tf.math.argMax(s, tf.constant(0)); // [Cout_b]
    Operand<TFloat32> highestOfA = tf.max(s, tf.constant(1)); // [Cout_a]
    Operand<TFloat32> highestOfB = tf.max(s, tf.constant(0)); // [Cout_b]
    assign(net, pair, mutual(tf, bestOfA, bestOfB, highestOfA), out(pair.a()));
    if (pair.a() != pair.b()) {
      assign(
          net,
          new Pair(pair.b(), pair.a()),
          mutual(tf, bestOfB, bestOfA, highestOfB),
          out(pair.b()));
    }
  }

  private Operand<TFloat32> mutual(
      Ops tf, Operand<TInt64> best, Operand<TInt64> bestBack, Operand<TFloat32> highest) {
    Operand<TInt64> back = tf.gather(bestBack, best, tf.constant(0));
    Operand<TInt64> self =
        tf.range(
            tf.constant(0L),
            tf.reshape(tf.size(best, TInt64.class), tf.constant(new int[0])),
            tf.constant(1L));
    Operand<TBool> chosen =
        tf.math.logicalAnd(
            tf.math.equal(back, self),
            tf.math.greater(highest, tf.constant((float) settings.threshold()))); // eq. (4)
    return tf.select(
        chosen, tf.dtypes.cast(best, TFloat32.class), tf.fill(tf.shape(highest), tf.constant(-1f)));
  }

  private void assign(Net net, Pair pair, Operand<TFloat32> selection, long... shape) {
    Variable variable =
        net.variable(
            "partners/%s/%s-%s".formatted(name, pair.a(), pair.b()), Role.STATE, none(shape));
    partners.put(pair, variable);
    selections.add(net.tf().assignVariableOp(variable.handle(), selection));
  }

  /** Nobody's partner: 0 in a matrix, −1 in an index. */
  private Weight none(long[] shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    Arrays.fill(values, settings.pick() == Pick.MUTUAL ? -1 : 0);
    return new Weight(shape, values);
  }

  /** K̃ of column a: eqs. (5) and (6); [kh, kw, Cin, Cout]. */
  Operand<TFloat32> aggregate(Ops tf, int a) {
    Operand<TFloat32> own = flat(tf, kernels.get(a).value()); // [D, Cout]
    List<Operand<TFloat32>> sums = new ArrayList<>();
    List<Operand<TFloat32>> counts = new ArrayList<>();
    for (int b = 0; b < kernels.size(); b++) {
      Variable selection = partners.get(new Pair(a, b));
      if (selection != null) {
        Operand<TFloat32> others = flat(tf, kernels.get(b).value());
        addPartners(tf, selection.value(), others, sums, counts);
      }
    }
    if (sums.isEmpty()) {
      return kernels.get(a).value();
    }
    Operand<TFloat32> n = tf.math.addN(counts); // [1, Cout]
    Operand<TFloat32> has = tf.math.minimum(n, tf.constant(1f));
    // α·K + β·(Σ_b M_ab K_b)/n where n > 0, exactly K elsewhere
    Operand<TFloat32> ownShare =
        tf.math.sub(tf.constant(1f), tf.math.mul(has, tf.constant((float) (1 - settings.alpha()))));
    Operand<TFloat32> partnersShare =
        tf.math.div(tf.constant((float) settings.beta()), tf.math.maximum(n, tf.constant(1f)));
    Operand<TFloat32> k =
        tf.math.add(tf.math.mul(own, ownShare), tf.math.mul(tf.math.addN(sums), partnersShare));
    return tf.reshape(k, tf.constant(kernels.get(a).shape()));
  }

  /** Adds Σ_j M_ij K_b,j as [D, Cout_a], and the number of partners as [1, Cout_a]. */
  private void addPartners(
      Ops tf,
      Operand<TFloat32> selection,
      Operand<TFloat32> others,
      List<Operand<TFloat32>> sums,
      List<Operand<TFloat32>> counts) {
    if (settings.pick() == Pick.ALL) {
      sums.add(tf.linalg.matMul(others, selection, MatMul.transposeB(true)));
      counts.add(tf.expandDims(tf.sum(selection, tf.constant(1)), tf.constant(0)));
      return;
    }
    Operand<TInt32> index =
        tf.dtypes.cast(tf.math.maximum(selection, tf.constant(0f)), TInt32.class);
    Operand<TFloat32> has =
        tf.expandDims(
            tf.dtypes.cast(tf.math.greaterEqual(selection, tf.constant(0f)), TFloat32.class),
            tf.constant(0)); // [1, Cout_a]
    sums.add(tf.math.mul(tf.gather(others, index, tf.constant(1)), has));
    counts.add(has);
  }
}
