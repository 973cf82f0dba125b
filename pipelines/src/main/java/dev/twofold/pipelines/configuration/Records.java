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

  /**
   * The key that a record's constructor names in "Invalid training.dropout: 2 (must be …)" or in
   * "Invalid threshold of mtal: 3", not knowing where in the configuration it stands itself.
   */
  private static final Pattern NAMED =
      Pattern.compile("Invalid (?:\\w+\\.)*(?<key>\\w+)(?: of [\\w-]+)?(?=: )");

  private Records() {}

  /**
   * Calls the canonical constructor.
   *
   * @param given where the values that were given stand, by key
   * @param place of all of them
   * @throws MisplacedException when the constructor refuses the values
   */
  static <R extends Record> R create(
      Class<R> type, List<Object> arguments, Map<String, Written> given, Place place) {
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
        throw misplaced(refusal, given, place);
      }
      throw new IllegalStateException("Cannot create " + type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot create " + type, e);
    }
  }

  private static MisplacedException misplaced(
      IllegalArgumentException refusal, Map<String, Written> given, Place place) {
    String message = refusal.getMessage();
    Matcher named = NAMED.matcher(message);
    Written blamed = named.lookingAt() ? given.get(named.group("key")) : null;
    return blamed == null
        ? new MisplacedException(message, place, refusal)
        : new MisplacedException(
            "Invalid " + blamed.path() + message.substring(named.end()), blamed.place(), refusal);
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
