package dev.twofold.models;

import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Method-specific metrics of an epoch's end, and what they sum up. */
public interface Reporter {

  /** The variables whose values it reads. */
  Set<Variable> reads();

  /** Metric name → value. */
  Map<String, Double> measure(Function<Variable, float[]> values);

  /** Arrays that stay beside the weights when the training has ended, by name. */
  default Weights details(Function<Variable, float[]> values) {
    return new Weights();
  }
}
