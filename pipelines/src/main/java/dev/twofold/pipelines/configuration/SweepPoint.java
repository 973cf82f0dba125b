package dev.twofold.pipelines.configuration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One combination of a sweep's values.
 *
 * @param values by dotted key; empty without a sweep
 * @param configuration with these values in place
 */
public record SweepPoint(Map<String, Object> values, Configuration configuration) {

  public SweepPoint {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
