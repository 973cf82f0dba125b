package dev.twofold.models;

import dev.twofold.models.layers.Variable;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Method-specific metrics of an epoch's end. */
public interface Reporter {

  /** The variables whose values it reads. */
  Set<Variable> reads();

  /** Metric name → value. */
  Map<String, Double> measure(Function<Variable, float[]> values);
}
