package dev.twofold.pipelines.configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads configurations, and reports everything that is wrong with one at once. */
public final class ConfigurationReader {
  private final Map<String, String> environment;

  /**
   * @param environment for {@code ${NAME}} in values
   */
  public ConfigurationReader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * Reads a file.
   *
   * @param overrides of the form {@code a.b=c}, the values of {@code --set}; the value is YAML
   * @throws ConfigurationException with all problems
   */
  public Experiment read(Path file, List<String> overrides) {
    try {
      return read(ConfigurationFile.text(file), file.toString(), overrides);
    } catch (IOException e) {
      throw cannotRead(file, e.getMessage());
    }
  }

  private static ConfigurationException cannotRead(Path file, String reason) {
    return new ConfigurationException(
        List.of(
            new Problem(
                "Cannot read the configuration: " + reason, Place.named(file.toString()), "")));
  }

  /**
   * Reads a text.
   *
   * @param source the text's file: names it in problems, and is where {@code extends} looks
   */
  Experiment read(String text, String source, List<String> overrides) {
    Problems problems = new Problems();
    TreeReader reader = new TreeReader(environment, problems);
    Optional<Tree> tree = reader.read(text, source);
    if (tree.isEmpty()) {
      problems.throwIfAny();
    }
    Binder binder = new Binder(Forms.ALL, problems);
    Tree.Mapping root =
        new Extension(reader, problems)
            .resolve(binder.mapping(tree.orElseThrow(), "configuration"), Path.of(source));
    for (String override : overrides) {
      root = overridden(root, override, reader, problems);
    }
    Bound bound = bind(Map.of(), root, binder);
    List<Bound> points = points(bound, binder);
    problems.throwIfMisspelt();
    bound.check(binder);
    points.forEach(point -> point.check(binder));
    problems.throwIfAny();
    return new Experiment(bound.configuration(), points.stream().map(Bound::point).toList());
  }

  /**
   * A configuration whose spelling was checked.
   *
   * @param values of the sweep, by dotted key
   * @param configuration null where something is misspelt
   */
  private record Bound(Map<String, Object> values, Tree.Mapping root, Configuration configuration) {

    void check(Binder binder) {
      new ConfigurationChecks(configuration, root, binder).run();
    }

    SweepPoint point() {
      return new SweepPoint(values, configuration, new Places(root));
    }
  }

  private static Bound bind(Map<String, Object> values, Tree.Mapping root, Binder binder) {
    Configuration configuration = binder.record(root, Configuration.class, "");
    new MethodKeys(binder).check(root);
    return new Bound(values, root, configuration);
  }

  private static Tree.Mapping overridden(
      Tree.Mapping root, String override, TreeReader reader, Problems problems) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      problems.add(
          "Invalid --set " + override, Place.named("the command line"), "must be KEY=VALUE");
      return root;
    }
    String key = override.substring(0, equals).strip();
    Place place = Place.named("--set " + key);
    return reader
        .readOption(override.substring(equals + 1), place.source())
        .map(value -> set(root, key, value, place, problems))
        .orElse(root);
  }

  private static Tree.Mapping set(
      Tree.Mapping root, String key, Tree value, Place place, Problems problems) {
    return set(root, List.of(key.split("\\.", -1)), value, place, problems);
  }

  private static Tree.Mapping set(
      Tree.Mapping mapping, List<String> keys, Tree value, Place place, Problems problems) {
    String key = keys.get(0);
    if (keys.size() == 1) {
      if (Tree.isNull(value)) {
        return mapping.without(key);
      }
      Tree.Mapping rest = mapping;
      for (String replaced : Overlay.REPLACED.getOrDefault(key, Set.of())) {
        rest = rest.without(replaced);
      }
      return rest.with(key, value, place);
    }
    Tree inner =
        mapping.get(key).filter(tree -> !Tree.isNothing(tree)).orElse(Tree.Mapping.empty(place));
    if (inner instanceof Tree.Mapping innerMapping) {
      List<String> rest = keys.subList(1, keys.size());
      Tree.Entry there = mapping.entries().get(key);
      return mapping.with(
          key,
          set(innerMapping, rest, value, place, problems),
          there == null ? place : there.key());
    }
    problems.add("Cannot set `%s`: `%s` has no keys".formatted(keys.get(1), key), place);
    return mapping;
  }

  /** The configuration itself where nothing is swept. */
  private static List<Bound> points(Bound bound, Binder binder) {
    List<Bound> points = new ArrayList<>();
    for (Map<String, Tree> point : sweep(bound.root(), binder).points()) {
      points.add(point.isEmpty() ? bound : swept(bound.root(), point, binder));
    }
    return points;
  }

  /** From the tree, since a configuration in which something is misspelt is none. */
  private static SweepSettings sweep(Tree.Mapping root, Binder binder) {
    return root.get("sweep")
        .map(tree -> SweepSettings.read(tree, "sweep", binder))
        .orElse(SweepSettings.NONE);
  }

  private static Bound swept(Tree.Mapping root, Map<String, Tree> point, Binder binder) {
    Tree.Mapping swept = root;
    Map<String, Object> values = new LinkedHashMap<>();
    for (var value : point.entrySet()) {
      Tree tree = value.getValue();
      values.put(value.getKey(), tree.plain());
      swept = set(swept, value.getKey(), tree, tree.place(), binder.problems());
    }
    return bind(values, swept, binder);
  }
}
