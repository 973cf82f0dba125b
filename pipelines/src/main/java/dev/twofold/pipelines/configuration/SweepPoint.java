package dev.twofold.pipelines.configuration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One combination of a sweep's values.
 *
 * @param values by dotted key; empty without a sweep
 * @param configuration with these values in place
 * @param places of the configuration's keys
 */
public record SweepPoint(Map<String, Object> values, Configuration configuration, Places places) {

  public SweepPoint {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
