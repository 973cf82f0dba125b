package dev.twofold.models.layers;

import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/** A graph under construction, with its variables by name. */
public final class Net implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Map<String, Variable> variables = new LinkedHashMap<>();
  private final Map<Variable, Operand<TFloat32>> statisticSteps = new LinkedHashMap<>();

  public Graph graph() {
    return graph;
  }

  public Ops tf() {
    return tf;
  }

  /**
   * Makes a variable.
   *
   * @param name unique in this net
   */
  public Variable variable(String name, Role role, Weight start) {
    Shape shape = Shape.of(start.shape());
    VarHandleOp handle = tf.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(name));
    Placeholder<TFloat32> fed = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    Variable variable =
        new Variable(
            name,
            role,
            start.shape().clone(),
            start.values(),
            handle,
            tf.readVariableOp(handle, TFloat32.class),
            fed,
            tf.assignVariableOp(handle, fed));
    if (variables.put(name, variable) != null) {
      throw new IllegalStateException("Two variables of one name: " + name);
    }
    return variable;
  }

  /** Makes a variable of zeros that belongs to the training alone. */
  public Variable state(String name, long... shape) {
    int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    return variable(name, Role.STATE, new Weight(shape, new float[size]));
  }

  /** All variables, in the order in which they were made. */
  public List<Variable> variables() {
    return List.copyOf(variables.values());
  }

  /** Notes what every training step subtracts from a variable: batch norm's moving statistics. */
  void subtractEveryStep(String name, Operand<TFloat32> step) {
    if (statisticSteps.put(variables.get(name), step) != null) {
      throw new IllegalStateException("Two batches move the statistics " + name);
    }
  }

  /** Assignments that every training step runs beside the optimiser's. */
  public List<Op> statisticUpdates() {
    List<Op> updates = new ArrayList<>();
    statisticSteps.forEach(
        (variable, step) -> updates.add(tf.assignSubVariableOp(variable.handle(), step)));
    return updates;
  }

  /** Sets every variable to its start. */
  public void initialise(Session session) {
    Weights weights = new Weights();
    variables.values().forEach(v -> weights.put(v.name(), new Weight(v.shape(), v.initial())));
    restore(session, weights);
  }

  /**
   * Sets every variable, in one run: a session prepares the whole graph for each set of targets,
   * which for the hundreds of variables of a ResNet would take minutes.
   *
   * @throws IllegalArgumentException when one is missing or has another shape, naming it
   */
  public void restore(Session session, Weights weights) {
    if (variables.isEmpty()) {
      return;
    }
    List<TFloat32> values = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (Variable variable : variables.values()) {
        TFloat32 value = value(variable, weights.get(variable.name()));
        values.add(value);
        runner.feed(variable.fed(), value).addTarget(variable.assignFed());
      }
      runner.run().close();
    } finally {
      values.forEach(TFloat32::close);
    }
  }

  private static TFloat32 value(Variable variable, Weight weight) {
    if (!Arrays.equals(weight.shape(), variable.shape())) {
      throw new IllegalArgumentException(
          "Invalid shape of %s: %s (must be %s)"
              .formatted(
                  variable, Arrays.toString(weight.shape()), Arrays.toString(variable.shape())));
    }
    return TFloat32.tensorOf(Shape.of(weight.shape()), DataBuffers.of(weight.values()));
  }

  /** The values of all variables. */
  public Weights values(Session session) {
    Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();
    variables.forEach((name, variable) -> values.put(name, variable.value()));
    return fetch(session, values);
  }

  /**
   * The values of these operands, which depend on variables alone, by their names. Several names
   * may stand for one operand.
   */
  public static Weights fetch(Session session, Map<String, Operand<TFloat32>> operands) {
    List<Output<TFloat32>> outputs =
        operands.values().stream().map(Operand::asOutput).distinct().toList();
    Session.Runner runner = session.runner();
    outputs.forEach(runner::fetch);
    Weights weights = new Weights();
    try (Result result = runner.run()) {
      operands.forEach(
          (name, operand) ->
              weights.put(name, copy((TFloat32) result.get(outputs.indexOf(operand.asOutput())))));
    }
    return weights;
  }

  private static Weight copy(TFloat32 tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    return new Weight(tensor.shape().asArray(), values);
  }

  @Override
  public void close() {
    graph.close();
  }
}
