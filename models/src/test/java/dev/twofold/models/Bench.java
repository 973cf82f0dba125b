package dev.twofold.models;

import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** A net with a session on it, for tests that look at single values. */
public final class Bench implements AutoCloseable {
  private final Net net = new Net();
  private final Session session = new Session(net.graph(), configuration());

  /** Rewriting the graph for speed would cost more than these few runs gain by it. */
  private static ConfigProto configuration() {
    ConfigProto.Builder configuration =
        ConfigProto.newBuilder().setIntraOpParallelismThreads(1).setInterOpParallelismThreads(1);
    configuration.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return configuration.build();
  }

  public Net net() {
    return net;
  }

  public Ops tf() {
    return net.tf();
  }

  public Variable variable(String name, Role role, long[] shape, float... values) {
    return net.variable(name, role, new Weight(shape, values));
  }

  public Operand<TFloat32> constant(long[] shape, float... values) {
    return tf().reshape(tf().constant(values), tf().constant(shape));
  }

  /** Sets every variable to its start. */
  public void initialise() {
    net.initialise(session);
  }

  public void run(List<Op> ops) {
    run(ops, Map.of());
  }

  /** Runs these with other values in place of what some operands come to. */
  public void run(List<Op> ops, Map<Operand<TFloat32>, float[]> instead) {
    List<Tensor> fed = new ArrayList<>();
    Session.Runner runner = session.runner();
    feed(runner, instead, fed);
    ops.forEach(runner::addTarget);
    runner.run().close();
    fed.forEach(Tensor::close);
  }

  public float[] value(Operand<TFloat32> operand) {
    return value(operand, Map.of());
  }

  /**
   * The value of an operand with other values in place of what some operands come to: those of
   * variables, or of gradients that are to be held.
   */
  public float[] value(Operand<TFloat32> operand, Map<Operand<TFloat32>, float[]> instead) {
    List<Tensor> fed = new ArrayList<>();
    Session.Runner runner = session.runner().fetch(operand);
    feed(runner, instead, fed);
    try (Result result = runner.run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.copyTo(DataBuffers.of(values));
      return values;
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static void feed(
      Session.Runner runner, Map<Operand<TFloat32>, float[]> instead, List<Tensor> fed) {
    for (Map.Entry<Operand<TFloat32>, float[]> entry : instead.entrySet()) {
      Shape shape = entry.getKey().shape();
      TFloat32 value =
          shape.numDimensions() == 0
              ? TFloat32.scalarOf(entry.getValue()[0])
              : TFloat32.tensorOf(shape, DataBuffers.of(entry.getValue()));
      runner.feed(entry.getKey().asOutput(), value);
      fed.add(value);
    }
  }

  /** Gradients of a scalar, as the optimiser takes them. */
  @SuppressWarnings("unchecked")
  public List<Operand<TFloat32>> gradients(Operand<TFloat32> scalar, List<Operand<TFloat32>> with) {
    Output<?>[] outputs = with.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    for (Output<?> gradient : net.graph().addGradients(scalar.asOutput(), outputs)) {
      gradients.add((Output<TFloat32>) gradient);
    }
    return gradients;
  }

  /** The values of these variables, as a reporter asks for them. */
  public Map<String, Double> measured(Reporter reporter) {
    return reporter.measure(readBy(reporter));
  }

  /** As above, of what the measures sum up. */
  public Weights details(Reporter reporter) {
    return reporter.details(readBy(reporter));
  }

  private Function<Variable, float[]> readBy(Reporter reporter) {
    Set<Variable> reads = reporter.reads();
    return variable -> {
      if (!reads.contains(variable)) {
        throw new IllegalArgumentException("Not among what it reads: " + variable);
      }
      return value(variable.value());
    };
  }

  @Override
  public void close() {
    session.close();
    net.close();
  }
}
