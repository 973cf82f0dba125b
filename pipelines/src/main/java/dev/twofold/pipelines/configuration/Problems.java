package dev.twofold.pipelines.configuration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong, so that one reading reports all of it. */
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /** Those of {@code extends}, from which others may follow. */
  private final Set<Problem> first = new HashSet<>();

  private int refused;

  void add(String message, Place place) {
    found.add(Problem.of(message, place));
  }

  void add(String what, Place place, String remedy) {
    found.add(new Problem(what, place, remedy));
  }

  /** Values that are spelt well and cannot be meant. */
  void refuse(List<Problem> refusals) {
    found.addAll(refusals);
    refused += refusals.size();
  }

  /** How often something was added, be it for the second time: whoever adds sees it grow. */
  int count() {
    return found.size();
  }

  /** How often something was added that is no refusal of a value. */
  int misspelt() {
    return found.size() - refused;
  }

  /**
   * A configuration that this one extends cannot be had, so it is not known what is missing.
   *
   * @param since the count before its problems
   */
  void lackBase(int since) {
    first.addAll(found.subList(since, found.size()));
  }

  boolean lacksBase() {
    return !first.isEmpty();
  }

  /**
   * Each once, file by file, in the order of the file; options come last, and before all what
   * others follow from.
   */
  List<Problem> all() {
    return found.stream()
        .distinct()
        .sorted(
            Comparator.comparing((Problem problem) -> !first.contains(problem))
                .thenComparing(problem -> problem.place().line() == 0)
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

  /** Throws what was found where any of it is of spelling or type, from which others may follow. */
  void throwIfMisspelt() {
    if (misspelt() > 0) {
      throwIfAny();
    }
  }
}
