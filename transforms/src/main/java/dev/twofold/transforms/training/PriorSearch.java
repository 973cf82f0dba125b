package dev.twofold.transforms.training;

import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.models.methods.Prior;
import dev.twofold.models.methods.SingleTask;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds MTAL's prior groups ("MTAL*" of [A]) by cross-validation on the training images: two tasks
 * are related where MTAL on the pair classifies held-out images better than two single-task
 * networks, by the mean over folds and both tasks. Groups are the tasks that such pairs connect.
 *
 * <p>It costs T + T·(T − 1) trainings of a task for each of the folds.
 */
final class PriorSearch {
  private static final int FOLDS = Mtal.FOLDS;

  private final Trainer.Unit unit;
  private final MtalSettings settings;
  private final List<TaskData> data;
  private final TrainingObserver observer;
  private boolean stopped;

  /**
   * A search.
   *
   * @param unit whose start, training and seed every training has
   * @param settings of MTAL; its groups are of no effect
   * @param data of the tasks; test images are not read
   * @param observer of every training
   */
  PriorSearch(
      Trainer.Unit unit, MtalSettings settings, List<TaskData> data, TrainingObserver observer) {
    this.unit = unit;
    this.settings = settings.with(null);
    this.data = List.copyOf(data);
    this.observer = observer;
  }

  /**
   * Two tasks.
   *
   * @param gain accuracy on held-out images of the pair's networks, less that of single-task ones;
   *     NaN where the two cannot share a layer
   */
  record Pair(String first, String second, double gain) {}

  /**
   * What was found.
   *
   * @param groups of all tasks
   * @param seconds that the search took
   */
  record Found(List<List<String>> groups, List<Pair> pairs, double seconds) {

    static Found read(Path file) throws IOException {
      return TrainingJson.MAPPER.readValue(file.toFile(), Found.class);
    }

    /** MTAL with these groups. */
    Mtal in(Mtal mtal) {
      return new Mtal(mtal.settings().with(new Prior(groups)));
    }

    static Found of(List<String> tasks, List<Pair> pairs, double seconds) {
      Map<String, Set<String>> groupOf = new LinkedHashMap<>();
      tasks.forEach(task -> groupOf.put(task, new LinkedHashSet<>(Set.of(task))));
      for (Pair pair : pairs) {
        if (pair.gain() > 0) {
          Set<String> joined = groupOf.get(pair.first());
          joined.addAll(groupOf.get(pair.second()));
          joined.forEach(task -> groupOf.put(task, joined));
        }
      }
      List<List<String>> groups =
          groupOf.values().stream()
              .distinct()
              .map(group -> tasks.stream().filter(group::contains).toList())
              .toList();
      return new Found(groups, List.copyOf(pairs), seconds);
    }
  }

  /** Runs the search; nothing where the observer stops it. */
  Optional<Found> find() {
    long begin = System.nanoTime();
    int tasks = data.size();
    double[][] gains = new double[tasks][tasks];
    for (int fold = 0; fold < FOLDS; fold++) {
      List<TaskData> cut = new ArrayList<>();
      for (TaskData task : data) {
        cut.add(Fold.of(task, fold, FOLDS, unit.seed()));
      }
      if (!add(cut, gains)) {
        return Optional.empty();
      }
    }
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < tasks; a++) {
      for (int b = a + 1; b < tasks; b++) {
        pairs.add(new Pair(data.get(a).name(), data.get(b).name(), gains[a][b] / (2 * FOLDS)));
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return Optional.of(Found.of(data.stream().map(TaskData::name).toList(), pairs, seconds));
  }

  /**
   * Adds what each pair wins on one fold.
   *
   * @return whether all trainings came to their end
   */
  private boolean add(List<TaskData> cut, double[][] gains) {
    double[] alone = new double[cut.size()];
    for (int t = 0; t < cut.size(); t++) {
      alone[t] = accuracy(new SingleTask(), List.of(cut.get(t)));
    }
    for (int a = 0; a < cut.size(); a++) {
      for (int b = a + 1; b < cut.size(); b++) {
        List<TaskData> pair = List.of(cut.get(a), cut.get(b));
        gains[a][b] +=
            canShare(pair) ? accuracy(new Mtal(settings), pair) - alone[a] - alone[b] : Double.NaN;
      }
    }
    return !stopped;
  }

  /** Sum over the tasks; of no meaning once the observer has stopped the search. */
  private double accuracy(GraphMethod method, List<TaskData> tasks) {
    if (stopped) {
      return 0;
    }
    try (Trainer trainer = new Trainer(unit.with(method), tasks, observer)) {
      TrainedUnit trained = trainer.train(Optional.empty());
      stopped = !trained.finished();
      return stopped
          ? 0
          : tasks.stream()
              .mapToDouble(task -> trained.metrics().get("accuracy/" + task.name()))
              .sum();
    }
  }

  private boolean canShare(List<TaskData> pair) {
    Map<String, ImageShape> images = new LinkedHashMap<>();
    pair.forEach(task -> images.put(task.name(), task.training().task().shape()));
    try {
      new Mtal(settings).check(images, unit.backbone());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
