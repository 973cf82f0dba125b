package dev.twofold.models;

import java.util.List;

/**
 * A classification task: its own input space and its own label set, as both papers' "twofold
 * heterogeneous" setting has it.
 *
 * @param name unique within a group; part of metric names
 * @param shape of the task's images
 * @param classes in label order: label k is {@code classes.get(k)}; a task that trains has at least
 *     two, a part of it may have one
 */
public record Task(String name, ImageShape shape, List<String> classes) {

  public Task {
    classes = List.copyOf(classes);
    if (classes.isEmpty()) {
      throw new IllegalArgumentException(
          "No class of task %s (must be one or more)".formatted(name));
    }
  }
}
