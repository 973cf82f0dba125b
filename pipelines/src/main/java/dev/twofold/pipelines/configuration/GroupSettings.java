package dev.twofold.pipelines.configuration;

import java.util.List;
import java.util.Map;

/**
 * Tasks that are learned together.
 *
 * @param tasks names of datasets, or tasks that take a part of one
 * @param draw draws the tasks' classes
 * @param methods keys of methods that differ in this group
 */
public record GroupSettings(
    @Required List<GroupTask> tasks, Draw draw, Map<String, MethodEntry> methods) {

  public GroupSettings {
    tasks = List.copyOf(tasks);
    methods = methods == null ? Map.of() : methods;
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("Invalid tasks: [] (must be at least one)");
    }
  }
}
