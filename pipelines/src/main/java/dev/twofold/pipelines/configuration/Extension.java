package dev.twofold.pipelines.configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * {@code extends}: the configurations that a configuration is laid over, in the order of the list.
 * Mappings are laid over each other key by key; any other value takes the place of the one below
 * it, and {@code null} takes the key away. Paths are relative to the file that names them.
 */
final class Extension {
  static final String KEY = "extends";

  private final TreeReader reader;
  private final Problems problems;

  Extension(TreeReader reader, Problems problems) {
    this.reader = reader;
    this.problems = problems;
  }

  /** The configuration of this file, laid over all that it extends. */
  Tree.Mapping resolve(Tree.Mapping configuration, Path file) {
    return resolve(configuration, List.of(file.normalize()));
  }

  /**
   * @param chain of files that lead here, this one last
   */
  private Tree.Mapping resolve(Tree.Mapping configuration, List<Path> chain) {
    Tree.Entry names = configuration.entries().get(KEY);
    if (names == null) {
      return configuration;
    }
    Tree.Mapping below = Tree.Mapping.empty(configuration.place());
    for (Tree name : items(names.value())) {
      below = over(extended(name, chain), below);
    }
    return over(configuration.without(KEY), below);
  }

  private static List<Tree> items(Tree names) {
    return names instanceof Tree.Sequence sequence ? sequence.items() : List.of(names);
  }

  private Tree.Mapping extended(Tree name, List<Path> chain) {
    int before = problems.count();
    return find(name, chain)
        .orElseGet(
            () -> {
              problems.lackBase(before);
              return Tree.Mapping.empty(name.place());
            });
  }

  /** Empty when it cannot be had. */
  private Optional<Tree.Mapping> find(Tree name, List<Path> chain) {
    if (!(name instanceof Tree.Scalar scalar) || Tree.isNothing(name)) {
      problems.add("Invalid extends: " + name.plain(), name.place(), "must be a file, or a list");
      return Optional.empty();
    }
    Path file = name.place().sibling(scalar.text());
    if (chain.contains(file)) {
      problems.add("Cannot extend %s: it leads back to itself".formatted(file), name.place());
      return Optional.empty();
    }
    List<Path> longer = new ArrayList<>(chain);
    longer.add(file);
    Tree tree = read(file, name.place());
    if (tree instanceof Tree.Mapping mapping) {
      return Optional.of(resolve(mapping, longer));
    }
    if (tree != null) {
      problems.add("Invalid configuration", tree.place(), "must be keys and values");
    }
    return Optional.empty();
  }

  private Tree read(Path file, Place place) {
    try {
      return reader.read(ConfigurationFile.text(file), file.toString()).orElse(null);
    } catch (IOException e) {
      problems.add("Cannot extend %s: %s".formatted(file, e.getMessage()), place);
    }
    return null;
  }

  private static Tree.Mapping over(Tree.Mapping upper, Tree.Mapping lower) {
    Map<String, Tree.Entry> merged = new LinkedHashMap<>(lower.entries());
    upper.entries().keySet().stream()
        .map(Overlay.REPLACED::get)
        .filter(Objects::nonNull)
        .flatMap(Set::stream)
        .forEach(merged::remove);
    upper
        .entries()
        .forEach((key, entry) -> merged.merge(key, entry, (below, above) -> over(above, below)));
    merged.values().removeIf(entry -> Tree.isNull(entry.value()));
    return new Tree.Mapping(merged, upper.place());
  }

  private static Tree.Entry over(Tree.Entry upper, Tree.Entry lower) {
    return upper.value() instanceof Tree.Mapping above
            && lower.value() instanceof Tree.Mapping below
        ? new Tree.Entry(upper.key(), over(above, below))
        : upper;
  }
}
