package dev.twofold.pipelines.configuration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that one reading reports all of it. */
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  void add(String message, Place place) {
    found.add(Problem.of(message, place));
  }

  void add(String what, Place place, String remedy) {
    found.add(new Problem(what, place, remedy));
  }

  /** Values that are spelt well and cannot be meant. */
  void refuse(List<Problem> refusals) {
    found.addAll(refusals);
  }

  /** How often something was added, be it for the second time: whoever adds sees it grow. */
  int count() {
    return found.size();
  }

  /** Each once, file by file, in the order of the file; options come last. */
  List<Problem> all() {
    return found.stream()
        .distinct()
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
