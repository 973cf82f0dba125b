package dev.twofold.pipelines.configuration;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Some of a record's values, to be laid over a record that has all of them: what a configuration
 * gives of settings whose other values come from a preset.
 */
public final class Overlay<R extends Record> {

  /** Of each pair a record takes one: giving it takes the other away. */
  static final Map<String, String> EXCLUSIVE =
      Map.of("epochs", "steps", "steps", "epochs", "name", "vgg", "vgg", "name");

  private final Class<R> type;
  private final Map<String, Object> values;
  private final Map<String, Place> places;
  private final Place place;

  /**
   * @param places of the values, by key
   * @param place of all of them, for what no single value is to blame for
   */
  Overlay(Class<R> type, Map<String, Object> values, Map<String, Place> places, Place place) {
    this.type = type;
    this.values = new LinkedHashMap<>(values);
    this.places = Map.copyOf(places);
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
    return Records.create(type, arguments, places, place);
  }

  private Object value(RecordComponent component, R base) {
    String name = component.getName();
    if (values.containsKey(name)) {
      return values.get(name);
    }
    String other = EXCLUSIVE.get(name);
    return other != null && values.containsKey(other) ? null : Records.value(component, base);
  }
}
