package dev.twofold.models.layers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A column's parameters by the backbone's names, as operands: variables' values, or functions of
 * them.
 */
public final class Parameters {
  private final Map<String, Operand<TFloat32>> byName;

  public Parameters(Map<String, Operand<TFloat32>> byName) {
    this.byName = new LinkedHashMap<>(byName);
  }

  /** The values of a column's variables. */
  public static Parameters of(Map<String, Variable> variables) {
    Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
    variables.forEach((name, variable) -> byName.put(name, variable.value()));
    return new Parameters(byName);
  }

  /** These values as constants of a graph that is not trained. */
  public static Parameters constants(Ops tf, Weights weights) {
    Map<String, Operand<TFloat32>> byName = new LinkedHashMap<>();
    weights
        .all()
        .forEach(
            (name, weight) ->
                byName.put(
                    name, tf.reshape(tf.constant(weight.values()), tf.constant(weight.shape()))));
    return new Parameters(byName);
  }

  public Operand<TFloat32> get(String name) {
    Operand<TFloat32> operand = byName.get(name);
    if (operand == null) {
      throw new IllegalStateException("No parameter " + name + " among " + byName.keySet());
    }
    return operand;
  }

  public Map<String, Operand<TFloat32>> all() {
    return byName;
  }

  /** Those whose name begins with {@code prefix}, named without it. */
  public Parameters below(String prefix) {
    Map<String, Operand<TFloat32>> below = new LinkedHashMap<>();
    byName.forEach(
        (name, operand) -> {
          if (name.startsWith(prefix)) {
            below.put(name.substring(prefix.length()), operand);
          }
        });
    return new Parameters(below);
  }

  /** The same, with each operand replaced by {@code change(name, operand)}. */
  public Parameters map(BiFunction<String, Operand<TFloat32>, Operand<TFloat32>> change) {
    Map<String, Operand<TFloat32>> changed = new LinkedHashMap<>();
    byName.forEach((name, operand) -> changed.put(name, change.apply(name, operand)));
    return new Parameters(changed);
  }
}
