package dev.twofold.pipelines.configuration;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong, so that one reading reports all of it. */
final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();

  void add(String message, Place place) {
    found.add(Problem.of(message, place));
  }

  void add(String what, Place place, String remedy) {
    found.add(new Problem(what, place, remedy));
  }

  int count() {
    return found.size();
  }

  /** File by file, in the order of the file; options come last. */
  List<Problem> all() {
    return found.stream()
        .sorted(
            Comparator.comparing((Problem problem) -> problem.place().line() == 0)
                .thenComparing(problem -> problem.place().source())
                .thenComparing(problem -> problem.place().line())
                .thenComparing(problem -> problem.place().column()))
        .toList();
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new ConfigurationException(all());
    }
  }
}
