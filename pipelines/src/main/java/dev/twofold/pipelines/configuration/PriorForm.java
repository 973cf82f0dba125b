package dev.twofold.pipelines.configuration;

import dev.twofold.models.methods.Prior;
import java.util.ArrayList;
import java.util.List;

/** MTAL's prior groups as they are written: lists of tasks, or {@code auto}. */
final class PriorForm {

  private PriorForm() {}

  static Prior read(Tree tree, String path, Binder binder) {
    if ("auto".equals(tree.plain())) {
      return Prior.AUTO;
    }
    List<List<String>> groups = new ArrayList<>();
    if (tree instanceof Tree.Sequence sequence) {
      for (Tree item : sequence.items()) {
        groups.add(tasks(item, path, binder));
      }
    }
    if (groups.isEmpty() || !Prior.isPartition(groups)) {
      binder.invalid(tree, path, "auto, or lists of tasks, no task in two of them");
      return null;
    }
    return new Prior(groups);
  }

  private static List<String> tasks(Tree tree, String path, Binder binder) {
    List<String> tasks = new ArrayList<>();
    if (tree instanceof Tree.Sequence sequence) {
      for (Tree item : sequence.items()) {
        String task = (String) binder.value(item, String.class, path);
        if (task != null) {
          tasks.add(task);
        }
      }
    }
    return tasks;
  }
}
