package dev.twofold.pipelines.configuration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
   * Calls the canonical constructor, and again without each value that it refuses: one refusal is
   * all that a constructor tells at a time.
   *
   * @param values that were given, by key
   * @param arguments of the constructor, where these of the values are given
   * @param written where the values stand, by key
   * @param whole where all of them stand
   */
  static <R extends Record> Made<R> create(
      Class<R> type,
      Map<String, Object> values,
      Function<Map<String, Object>, List<Object>> arguments,
      Map<String, Written> written,
      Written whole) {
    Map<String, Object> left = new LinkedHashMap<>(values);
    List<Problem> refusals = new ArrayList<>();
    boolean goesOn = true;
    while (goesOn) {
      List<Object> all = arguments.apply(left);
      if (lacksNeeded(type, all)) {
        break;
      }
      try {
        return new Made<>(construct(type, all), refusals);
      } catch (IllegalArgumentException e) {
        String key = keyOf(e.getMessage());
        refusals.add(refusal(e.getMessage(), key, written, whole));
        goesOn = left.keySet().remove(key);
      }
    }
    return new Made<>(null, refusals);
  }

  private static <R extends Record> R construct(Class<R> type, List<Object> arguments) {
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
        throw refusal;
      }
      throw new IllegalStateException("Cannot create " + type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot create " + type, e);
    }
  }

  /** Values in the order of the components, null where none is given. */
  static List<Object> arguments(Class<?> type, Map<String, Object> given) {
    List<Object> arguments = new ArrayList<>();
    names(type).forEach(name -> arguments.add(given.get(name)));
    return arguments;
  }

  private static boolean lacksNeeded(Class<?> type, List<Object> arguments) {
    RecordComponent[] components = type.getRecordComponents();
    return IntStream.range(0, components.length)
        .anyMatch(i -> arguments.get(i) == null && isNeeded(components[i]));
  }

  /** Whether no default takes the place of a value that is not given. */
  static boolean isNeeded(RecordComponent component) {
    return component.getType().isPrimitive() || component.isAnnotationPresent(Required.class);
  }

  /** Empty where the message names none. */
  private static String keyOf(String message) {
    Matcher named = NAMED.matcher(message);
    return named.lookingAt() ? named.group("key") : "";
  }

  /** A record that refuses itself, such as `training` of two lengths, is named by its last key. */
  private static Problem refusal(
      String message, String key, Map<String, Written> written, Written whole) {
    boolean ofTheWhole = ("." + whole.path()).endsWith("." + key);
    Written blamed = written.getOrDefault(key, ofTheWhole ? whole : null);
    return blamed == null
        ? Problem.of(message, whole.place())
        : Problem.of(
            NAMED
                .matcher(message)
                .replaceFirst("Invalid " + Matcher.quoteReplacement(blamed.path())),
            blamed.place());
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
