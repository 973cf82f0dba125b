package dev.twofold.models.methods;

import java.util.HashSet;
import java.util.List;

/**
 * Which tasks MTAL may share kernels between ("MTAL*" of [A]): within a group alone; a task outside
 * of all groups shares none.
 *
 * @param groups of tasks, by name; null where they are to be found first ({@code auto}), by
 *     cross-validation on the training images
 */
public record Prior(List<List<String>> groups) {

  /** Groups that are found by cross-validation. */
  public static final Prior AUTO = new Prior(null);

  public Prior {
    groups = groups == null ? null : groups.stream().map(List::copyOf).toList();
    if (groups != null && !isPartition(groups)) {
      throw new IllegalArgumentException(
          "Invalid groups of mtal: %s (must be lists of tasks, no task in two of them)"
              .formatted(groups));
    }
  }

  /** Whether every group has a task, and no task is in two of them. */
  public static boolean isPartition(List<List<String>> groups) {
    List<String> tasks = groups.stream().flatMap(List::stream).toList();
    return !groups.contains(List.<String>of()) && new HashSet<>(tasks).size() == tasks.size();
  }

  public boolean isAuto() {
    return groups == null;
  }
}
