package dev.twofold.pipelines.configuration;

import dev.twofold.models.EnumNames;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trees to records: a key is a component's name. What is wrong goes to the problems, and the value
 * is then null.
 */
final class Binder {

  /** A type that is written in a way of its own. */
  interface Form<T> {
    T read(Tree tree, String path, Binder binder);
  }

  private final Map<Class<?>, Form<?>> forms;
  private final Problems problems;

  Binder(Map<Class<?>, Form<?>> forms, Problems problems) {
    this.forms = forms;
    this.problems = problems;
  }

  Problems problems() {
    return problems;
  }

  /**
   * A record that a mapping spells out; null when it or what it has is misspelt, or when it refuses
   * its values. What refuses its own within it is left out.
   *
   * @param path dotted keys that lead here, for messages; empty at the root
   */
  <R extends Record> R record(Tree tree, Class<R> type, String path) {
    int before = problems.misspelt();
    Tree.Mapping mapping = mapping(tree, path);
    refuseUnknownKeys(mapping, Records.names(type));
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      values.put(component.getName(), component(mapping, component, path));
    }
    return problems.misspelt() > before || problems.lacksBase()
        ? null
        : create(type, values, mapping, path);
  }

  /** The given ones of a record's values. */
  <R extends Record> Overlay<R> overlay(Tree tree, Class<R> type, String path) {
    return overlay(tree, type, path, Records.names(type));
  }

  /** As above; the known keys are suggested for an unknown one. */
  <R extends Record> Overlay<R> overlay(
      Tree tree, Class<R> type, String path, Collection<String> known) {
    Tree.Mapping mapping = mapping(tree, path);
    refuseUnknownKeys(mapping, known);
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Tree value = mapping.get(component.getName()).orElse(null);
      if (value != null && !Tree.isNothing(value)) {
        int before = problems.count();
        Object converted =
            value(value, component.getGenericType(), join(path, component.getName()));
        if (problems.count() == before) {
          values.put(component.getName(), converted);
        }
      }
    }
    return new Overlay<>(type, values, written(mapping, path), new Written(path, mapping.place()));
  }

  void refuseUnknownKeys(Tree.Mapping mapping, Collection<String> known) {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                problems.add(
                    "Unknown key `%s`".formatted(key), entry.key(), NearestName.remedy(key, known));
              }
            });
  }

  /** The tree as a mapping; nothing written is an empty one. */
  Tree.Mapping mapping(Tree tree, String path) {
    if (tree instanceof Tree.Mapping mapping) {
      return mapping;
    }
    if (!Tree.isNothing(tree)) {
      invalid(tree, path, "keys and values");
    }
    return Tree.Mapping.empty(tree.place());
  }

  /** Reports that the tree is not what belongs here. */
  void invalid(Tree tree, String path, String must) {
    String shown = tree instanceof Tree.Scalar scalar ? scalar.text() : tree.plain().toString();
    problems.add("Invalid %s: %s".formatted(path, shown), tree.place(), "must be " + must);
  }

  /** The value that a tree has as this type. */
  Object value(Tree tree, Type type, String path) {
    if (type instanceof ParameterizedType parameterized) {
      return parameterized(tree, parameterized, path);
    }
    Class<?> plain = (Class<?>) type;
    Form<?> form = forms.get(plain);
    if (form != null) {
      return form.read(tree, path, this);
    }
    return plain.isRecord()
        ? record(tree, plain.asSubclass(Record.class), path)
        : scalar(tree, plain, path);
  }

  private Object parameterized(Tree tree, ParameterizedType type, String path) {
    Type last = type.getActualTypeArguments()[type.getActualTypeArguments().length - 1];
    if (type.getRawType() == Overlay.class) {
      return overlay(tree, ((Class<?>) last).asSubclass(Record.class), path);
    }
    return type.getRawType() == List.class ? list(tree, last, path) : map(tree, last, path);
  }

  private List<Object> list(Tree tree, Type type, String path) {
    List<Object> values = new ArrayList<>();
    if (tree instanceof Tree.Sequence sequence) {
      for (Tree item : sequence.items()) {
        values.add(value(item, type, path));
      }
    } else {
      invalid(tree, path, "a list, as in [a, b]");
    }
    return values;
  }

  private Map<String, Object> map(Tree tree, Type type, String path) {
    Map<String, Object> values = new LinkedHashMap<>();
    mapping(tree, path)
        .entries()
        .forEach((key, entry) -> values.put(key, value(introduced(entry), type, join(path, key))));
    return values;
  }

  /** A key with nothing after it introduces an empty mapping at the key's own place. */
  private static Tree introduced(Tree.Entry entry) {
    return entry.value() instanceof Tree.Scalar scalar && Tree.isNothing(scalar)
        ? new Tree.Scalar(scalar.text(), scalar.kind(), entry.key())
        : entry.value();
  }

  private Object scalar(Tree tree, Class<?> type, String path) {
    if (!(tree instanceof Tree.Scalar scalar) || Tree.isNothing(tree)) {
      invalid(tree, path, "one value");
      return null;
    }
    if (type.isEnum()) {
      return constant(scalar, type, path);
    }
    return switch (type.getSimpleName()) {
      case "String" -> scalar.text();
      case "boolean", "Boolean" -> truth(scalar, path);
      case "double", "Double" -> fraction(scalar, path);
      case "long", "Long" -> whole(scalar, path);
      case "int", "Integer" -> number(scalar, path);
      default -> throw new IllegalStateException("No configuration is written as " + type);
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Object constant(Tree.Scalar scalar, Class<?> type, String path) {
    Class<? extends Enum> enumType = type.asSubclass(Enum.class);
    Object constant = EnumNames.parse((Class) enumType, scalar.text()).orElse(null);
    if (constant == null) {
      List<String> names = EnumNames.all((Class) enumType);
      invalid(
          scalar, path, names.size() == 1 ? names.get(0) : "one of " + String.join(", ", names));
    }
    return constant;
  }

  private Object truth(Tree.Scalar scalar, String path) {
    if (scalar.kind() != Tree.Kind.TRUTH) {
      invalid(scalar, path, "true or false");
      return null;
    }
    return scalar.plain();
  }

  private Object fraction(Tree.Scalar scalar, String path) {
    if (scalar.kind() != Tree.Kind.WHOLE && scalar.kind() != Tree.Kind.FRACTION) {
      invalid(scalar, path, "a number");
      return null;
    }
    return Double.valueOf(scalar.text());
  }

  private Long whole(Tree.Scalar scalar, String path) {
    if (scalar.kind() != Tree.Kind.WHOLE) {
      invalid(scalar, path, "a whole number");
      return null;
    }
    return Long.valueOf(scalar.text());
  }

  private Object number(Tree.Scalar scalar, String path) {
    Long whole = whole(scalar, path);
    if (whole != null && whole != whole.intValue()) {
      invalid(scalar, path, "a whole number below 2^31");
      return null;
    }
    return whole == null ? null : whole.intValue();
  }

  private Object component(Tree.Mapping mapping, RecordComponent component, String path) {
    Tree value = mapping.get(component.getName()).orElse(null);
    if (value != null && !Tree.isNothing(value)) {
      return value(value, component.getGenericType(), join(path, component.getName()));
    }
    if (Records.isNeeded(component) && !problems.lacksBase()) {
      problems.add(
          "Missing key `%s`%s".formatted(component.getName(), path.isEmpty() ? "" : " of " + path),
          mapping.place());
    }
    return component.getType() == Overlay.class ? emptyOverlay(component) : null;
  }

  private static Overlay<?> emptyOverlay(RecordComponent component) {
    Type of = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    return Overlay.none(((Class<?>) of).asSubclass(Record.class));
  }

  private <R extends Record> R create(
      Class<R> type, Map<String, Object> values, Tree.Mapping mapping, String path) {
    Made<R> made =
        Records.create(
            type,
            values,
            given -> Records.arguments(type, given),
            written(mapping, path),
            new Written(path, mapping.place()));
    problems.refuse(made.refusals());
    return made.refusals().isEmpty() ? made.record() : null;
  }

  private static Map<String, Written> written(Tree.Mapping mapping, String path) {
    Map<String, Written> written = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (key, entry) -> written.put(key, new Written(join(path, key), entry.value().place())));
    return written;
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
