package dev.twofold.pipelines.configuration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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

  /**
   * What refuses the configuration for one thing that stands under these keys.
   *
   * @param what is wrong
   * @param remedy what to write instead; may be empty
   */
  public ConfigurationException refusal(String what, String remedy, String... keys) {
    return new ConfigurationException(List.of(new Problem(what, places.of(keys), remedy)));
  }
}
