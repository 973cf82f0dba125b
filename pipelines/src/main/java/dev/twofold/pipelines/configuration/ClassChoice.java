package dev.twofold.pipelines.configuration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Classes of a dataset: their names, or how many to draw.
 *
 * @param names in any order, labels follow the alphabet; empty when {@code count} is given
 * @param count how many to draw; null when {@code names} are given
 */
public record ClassChoice(List<String> names, Integer count) {

  public ClassChoice {
    names = List.copyOf(names);
  }

  static ClassChoice read(Tree tree, String path, Binder binder) {
    if (tree.plain() instanceof Long count) {
      if (count >= 2 && count <= 1_000_000) {
        return new ClassChoice(List.of(), count.intValue());
      }
      binder.invalid(tree, path, "at least 2");
      return null;
    }
    if (!(tree instanceof Tree.Sequence sequence)) {
      binder.invalid(tree, path, "a list of names, or how many to draw");
      return null;
    }
    List<String> names = new ArrayList<>();
    for (Tree item : sequence.items()) {
      names.add((String) binder.value(item, String.class, path));
    }
    if (names.contains(null)) {
      return null;
    }
    if (new HashSet<>(names).size() < names.size() || names.size() < 2) {
      binder.invalid(tree, path, "at least two names, each once");
      return null;
    }
    return new ClassChoice(names, null);
  }
}
