package dev.twofold.models.methods;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which columns may share kernels. MTAL with prior ("MTAL*", the last row of Tables 2 and 4 of [A])
 * knows groups of related tasks; a task outside of them is alone.
 *
 * @param groups indices of the columns of each group; a column is in one of them
 */
record PriorGroups(List<List<Integer>> groups) {

  /** All columns in one group. */
  static PriorGroups none(int columns) {
    return new PriorGroups(List.of(IntStream.range(0, columns).boxed().toList()));
  }

  /**
   * The groups that the settings give; all tasks in one where they are to be found yet.
   *
   * @param tasks of the columns
   * @throws IllegalArgumentException when a group has another task
   */
  static PriorGroups of(MtalSettings settings, List<String> tasks) {
    if (settings.groups() == null || settings.groups().isAuto()) {
      return none(tasks.size());
    }
    List<List<String>> given = settings.groups().groups();
    List<String> grouped = given.stream().flatMap(List::stream).toList();
    if (!tasks.containsAll(grouped)) {
      throw new IllegalArgumentException(
          "Invalid groups of mtal: %s (must be groups of the tasks %s)".formatted(given, tasks));
    }
    IntStream alone = IntStream.range(0, tasks.size()).filter(t -> !grouped.contains(tasks.get(t)));
    return new PriorGroups(
        Stream.concat(
                given.stream().map(group -> group.stream().map(tasks::indexOf).toList()),
                alone.mapToObj(List::of))
            .toList());
  }

  boolean together(int a, int b) {
    return groups.stream().anyMatch(group -> group.contains(a) && group.contains(b));
  }
}
