package dev.twofold.pipelines.plan;

import dev.twofold.models.Randomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Draws classes for the tasks of a group: some that all tasks have, and the rest in one task only.
 *
 * <p>The rest is a matching of places to classes, found by augmenting paths, so that a draw fails
 * only where none exists.
 */
final class ClassDraw {
  private final List<List<String>> candidates;
  private final int perTask;
  private final int shared;
  private final long seed;

  /**
   * @param candidates classes that each task could have
   */
  ClassDraw(List<List<String>> candidates, int perTask, int shared, long seed) {
    this.candidates = candidates;
    this.perTask = perTask;
    this.shared = shared;
    this.seed = seed;
  }

  /** Each task's classes, sorted; empty when there are too few. */
  Optional<List<List<String>>> draw() {
    Set<String> common = new TreeSet<>(candidates.get(0));
    candidates.forEach(common::retainAll);
    if (common.size() < shared) {
      return Optional.empty();
    }
    Set<String> inAll = new HashSet<>(shuffled(List.copyOf(common), 0).subList(0, shared));
    return match(inAll).map(owners -> classes(inAll, owners));
  }

  private List<List<String>> classes(Set<String> inAll, Map<String, Integer> owners) {
    List<List<String>> classes = new ArrayList<>();
    for (int task = 0; task < candidates.size(); task++) {
      Set<String> own = new TreeSet<>(inAll);
      for (var owner : owners.entrySet()) {
        if (owner.getValue() == task) {
          own.add(owner.getKey());
        }
      }
      classes.add(List.copyOf(own));
    }
    return classes;
  }

  /** Class → the one task that has it. */
  private Optional<Map<String, Integer>> match(Set<String> taken) {
    Map<String, Integer> owners = new HashMap<>();
    for (int task = 0; task < candidates.size(); task++) {
      for (int place = shared; place < perTask; place++) {
        if (!give(task, taken, owners, new LinkedHashSet<>())) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(owners);
  }

  /** Gives the task one more class, if need be by giving its owner another one. */
  private boolean give(
      int task, Set<String> taken, Map<String, Integer> owners, Set<String> tried) {
    for (String name : shuffled(new TreeSet<>(candidates.get(task)), task + 1)) {
      Integer owner = owners.get(name);
      if (taken.contains(name) || (owner != null && owner == task) || !tried.add(name)) {
        continue;
      }
      if (owner == null || give(owner, taken, owners, tried)) {
        owners.put(name, task);
        return true;
      }
    }
    return false;
  }

  private List<String> shuffled(Collection<String> sorted, int counter) {
    List<String> names = List.copyOf(sorted);
    int[] order = Randomness.permutation(names.size(), Randomness.stream(seed, "draw", counter));
    return Arrays.stream(order).mapToObj(names::get).toList();
  }
}
