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
  private final Place place;

  /**
   * @param written where the values stand, by key
   * @param place of all of them, for what no single value is to blame for
   */
  Overlay(Class<R> type, Map<String, Object> values, Map<String, Written> written, Place place) {
    this.type = type;
    this.values = new LinkedHashMap<>(values);
    this.written = Map.copyOf(written);
    this.place = place;
  }

  static <R extends Record> Overlay<R> none(Class<R> type) {
    return new Overlay<>(type, Map.of(), Map.of(), Place.named("defaults"));
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
    if (values.isEmpty()) {
      return base;
    }
    List<Object> arguments = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      arguments.add(value(component, base));
    }
    return Records.create(type, arguments, written, place);
  }

  private Object value(RecordComponent component, R base) {
    String name = component.getName();
    if (values.containsKey(name)) {
      return values.get(name);
    }
    return replaces(name) ? null : Records.value(component, base);
  }

  private boolean replaces(String key) {
    return values.keySet().stream()
        .anyMatch(given -> REPLACED.getOrDefault(given, Set.of()).contains(key));
  }

  /** These values with others laid over them. */
  Overlay<R> with(Overlay<R> others) {
    Map<String, Object> joined = new LinkedHashMap<>(values);
    joined.keySet().removeIf(others::replaces);
    joined.putAll(others.values);
    Map<String, Written> where = new LinkedHashMap<>(written);
    where.putAll(others.written);
    return new Overlay<>(type, joined, where, others.values.isEmpty() ? place : others.place);
  }

  /**
   * The record of the given values alone, whose constructor fills in the others.
   *
   * @throws MisplacedException when the record refuses them
   */
  R create() {
    List<Object> arguments = new ArrayList<>();
    Records.names(type).forEach(name -> arguments.add(values.get(name)));
    return Records.create(type, arguments, written, place);
  }
}
