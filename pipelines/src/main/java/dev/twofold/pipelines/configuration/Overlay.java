package dev.twofold.pipelines.configuration;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Some of a record's values, to be laid over a record that has all of them: what a configuration
 * gives of settings whose other values come from a preset.
 */
public final class Overlay<R extends Record> {

  /**
   * What giving a key takes away: of epochs and steps, and of a network's name and layers, a record
   * takes one, and another network does not begin as the one before it did.
   */
  static final Map<String, Set<String>> REPLACED =
      Map.of(
          "epochs", Set.of("steps"),
          "steps", Set.of("epochs"),
          "name", Set.of("vgg", "stem"),
          "vgg", Set.of("name", "stem"));

  private final Class<R> type;
  private final Map<String, Object> values;
  private final Map<String, Written> written;
  private final Written whole;

  /**
   * @param written where the values stand, by key
   * @param whole where all of them stand, for what no single value is to blame for
   */
  Overlay(Class<R> type, Map<String, Object> values, Map<String, Written> written, Written whole) {
    this.type = type;
    this.values = new LinkedHashMap<>(values);
    this.written = Map.copyOf(written);
    this.whole = whole;
  }

  static <R extends Record> Overlay<R> none(Class<R> type) {
    return new Overlay<>(type, Map.of(), Map.of(), new Written("", Place.named("defaults")));
  }

  /** Whether this key is given. */
  boolean gives(String key) {
    return values.containsKey(key);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /**
   * The base with the given values in place of its own.
   *
   * @throws MisplacedException when the record refuses them
   */
  R over(R base) {
    return values.isEmpty() ? base : laidOver(base).orThrow();
  }

  /** As above, but without the values that the record refuses, of which the problems hear. */
  R over(R base, Problems problems) {
    return values.isEmpty() ? base : laidOver(base).orElse(base, problems);
  }

  private Made<R> laidOver(R base) {
    return Records.create(type, values, given -> arguments(given, base), written, whole);
  }

  private List<Object> arguments(Map<String, Object> given, R base) {
    List<Object> arguments = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      arguments.add(value(component, given, base));
    }
    return arguments;
  }

  private Object value(RecordComponent component, Map<String, Object> given, R base) {
    String name = component.getName();
    if (given.containsKey(name)) {
      return given.get(name);
    }
    return replaces(given, name) ? null : Records.value(component, base);
  }

  private static boolean replaces(Map<String, Object> given, String key) {
    return given.keySet().stream()
        .anyMatch(other -> REPLACED.getOrDefault(other, Set.of()).contains(key));
  }

  /** These values with others laid over them. */
  Overlay<R> with(Overlay<R> others) {
    Map<String, Object> joined = new LinkedHashMap<>(values);
    joined.keySet().removeIf(key -> replaces(others.values, key));
    joined.putAll(others.values);
    Map<String, Written> where = new LinkedHashMap<>(written);
    where.putAll(others.written);
    return new Overlay<>(type, joined, where, others.values.isEmpty() ? whole : others.whole);
  }

  /**
   * The record of the given values alone, whose constructor fills in the others.
   *
   * @throws MisplacedException when the record refuses them
   */
  R create() {
    return Records.create(type, values, given -> Records.arguments(type, given), written, whole)
        .orThrow();
  }
}
