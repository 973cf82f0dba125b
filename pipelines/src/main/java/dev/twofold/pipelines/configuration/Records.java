package dev.twofold.pipelines.configuration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes records from their components and takes them apart. */
final class Records {

  /** The key that a record's constructor names in "Invalid training.dropout: 2 (must be …)". */
  private static final Pattern NAMED = Pattern.compile("Invalid (?:\\w+ \\S+ in )?([\\w.]+)");

  private Records() {}

  /**
   * Calls the canonical constructor.
   *
   * @param places of the values that were given
   * @param place of all of them
   * @throws MisplacedException when the constructor refuses the values
   */
  static <R extends Record> R create(
      Class<R> type, List<Object> arguments, Map<String, Place> places, Place place) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refusal) {
        throw new MisplacedException(
            refusal.getMessage(), placeIn(refusal.getMessage(), places, place), refusal);
      }
      throw new IllegalStateException("Cannot create " + type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot create " + type, e);
    }
  }

  private static Place placeIn(String message, Map<String, Place> places, Place place) {
    Matcher matcher = NAMED.matcher(message);
    if (!matcher.lookingAt()) {
      return place;
    }
    String name = matcher.group(1);
    return places.getOrDefault(name.substring(name.lastIndexOf('.') + 1), place);
  }

  static Object value(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read %s of %s".formatted(component, record), e);
    }
  }

  /** The record's values by the name of their component, in order. */
  static Map<String, Object> values(Record record) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      values.put(component.getName(), value(component, record));
    }
    return values;
  }

  static List<String> names(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }
}
