package dev.twofold.pipelines.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** YAML with the place of everything in it, before it is known what it means. */
sealed interface Tree {

  Place place();

  /** The same value as strings, numbers, lists and maps. */
  Object plain();

  /** What YAML takes a scalar for. */
  enum Kind {
    TEXT,
    WHOLE,
    FRACTION,
    TRUTH,
    NOTHING
  }

  /**
   * A value without parts.
   *
   * @param text as written, without quotes
   */
  record Scalar(String text, Kind kind, Place place) implements Tree {

    @Override
    public Object plain() {
      return switch (kind) {
        case TEXT -> text;
        case WHOLE -> Long.valueOf(text);
        case FRACTION -> Double.valueOf(text);
        case TRUTH -> Boolean.valueOf(text);
        case NOTHING -> null;
      };
    }
  }

  /** A list. */
  record Sequence(List<Tree> items, Place place) implements Tree {

    @Override
    public Object plain() {
      List<Object> values = new ArrayList<>();
      items.forEach(item -> values.add(item.plain()));
      return values;
    }
  }

  /**
   * A key with its value.
   *
   * @param key where the key is written
   */
  record Entry(Place key, Tree value) {}

  /**
   * Keys and values, in the order of the file.
   *
   * @param place of the key that introduces it
   */
  record Mapping(Map<String, Entry> entries, Place place) implements Tree {

    static Mapping empty(Place place) {
      return new Mapping(Map.of(), place);
    }

    Optional<Tree> get(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /**
     * A copy in which the key has this value; a key that is there keeps its position.
     *
     * @param by who says so
     */
    Mapping with(String key, Tree value, Place by) {
      Map<String, Entry> copy = new LinkedHashMap<>(entries);
      copy.put(key, new Entry(by, value));
      return new Mapping(copy, place);
    }

    /** A copy that lacks the key. */
    Mapping without(String key) {
      Map<String, Entry> copy = new LinkedHashMap<>(entries);
      copy.remove(key);
      return new Mapping(copy, place);
    }

    @Override
    public Object plain() {
      Map<String, Object> values = new LinkedHashMap<>();
      entries.forEach((key, entry) -> values.put(key, entry.value().plain()));
      return values;
    }
  }

  /** Whether nothing is written after the key. */
  static boolean isNothing(Tree tree) {
    return tree instanceof Scalar scalar && scalar.kind() == Kind.NOTHING;
  }

  /** Whether {@code null} is written: it takes away what stands below it. */
  static boolean isNull(Tree tree) {
    return tree instanceof Scalar scalar
        && scalar.kind() == Kind.NOTHING
        && !scalar.text().isEmpty();
  }

  /** The deepest place that is written along these keys. */
  static Place placeOf(Tree root, String... keys) {
    Place place = root.place();
    Tree tree = root;
    for (String key : keys) {
      Entry entry = tree instanceof Mapping mapping ? mapping.entries().get(key) : null;
      if (entry == null) {
        return place;
      }
      place = entry.key();
      tree = entry.value();
    }
    return tree instanceof Mapping ? place : tree.place();
  }
}
