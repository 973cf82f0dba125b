package dev.twofold.models.methods;

import dev.twofold.models.Reporter;
import dev.twofold.models.layers.Variable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How much every column takes of every column behind each stage: {@code <mixing>/<stage>/<a>.<b>}
 * is what a takes of b. A dot, since names of tasks may have dashes.
 */
final class MixingShares implements Reporter {
  private final Mixing mixing;
  private final List<String> columns;
  private final Map<String, List<Variable>> weights;

  /**
   * @param weights of each layer: of every column, in the order of {@code columns}
   */
  MixingShares(Mixing mixing, List<String> columns, Map<String, List<Variable>> weights) {
    this.mixing = mixing;
    this.columns = columns;
    this.weights = weights;
  }

  @Override
  public Set<Variable> reads() {
    Set<Variable> reads = new LinkedHashSet<>();
    weights.values().forEach(reads::addAll);
    return reads;
  }

  @Override
  public Map<String, Double> measure(Function<Variable, float[]> values) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    weights.forEach(
        (layer, ofColumns) -> {
          for (int a = 0; a < columns.size(); a++) {
            float[] read = values.apply(ofColumns.get(a));
            for (int b = 0; b < columns.size(); b++) {
              metrics.put(
                  "%s/%s.%s".formatted(layer, columns.get(a), columns.get(b)),
                  mixing.share(read, b, columns.size()));
            }
          }
        });
    return metrics;
  }
}
