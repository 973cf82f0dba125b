package dev.twofold.models.layers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named float32 arrays: the values of variables, outside any graph. */
public final class Weights {

  /**
   * One array.
   *
   * @param shape its extents
   * @param values row-major; the live array
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Weight(long[] shape, float[] values) {

    public Weight {
      long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      if (size != values.length) {
        throw new IllegalArgumentException(
            "Invalid weight: %d values for shape %s (must be %d)"
                .formatted(values.length, Arrays.toString(shape), size));
      }
    }
  }

  private final Map<String, Weight> byName = new LinkedHashMap<>();

  /** Adds or replaces the array of this name. */
  public void put(String name, Weight weight) {
    byName.put(name, weight);
  }

  /**
   * The array of this name.
   *
   * @throws IllegalArgumentException when there is none, naming it
   */
  public Weight get(String name) {
    Weight weight = byName.get(name);
    if (weight == null) {
      throw new IllegalArgumentException(
          "Missing weight: %s (there are %s)".formatted(name, byName.keySet()));
    }
    return weight;
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** All of them, in the order in which they were added. */
  public Map<String, Weight> all() {
    return byName;
  }

  /** Those whose name begins with {@code prefix}, named without it. */
  public Weights below(String prefix) {
    Weights below = new Weights();
    byName.forEach(
        (name, weight) -> {
          if (name.startsWith(prefix)) {
            below.put(name.substring(prefix.length()), weight);
          }
        });
    return below;
  }
}
