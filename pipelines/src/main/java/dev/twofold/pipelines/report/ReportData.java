package dev.twofold.pipelines.report;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All that a report shows, and nothing that it would have to look up: the same data give the same
 * bytes.
 *
 * @param configuration the effective one, as YAML
 * @param versions component → version
 * @param machine class of machine that the report was written on, in words
 * @param groups in the order of the configuration; the trials' groups are among them
 * @param trials in the order of the configuration
 * @param notes what a reader must know: substitutions, layers that share nothing
 * @param mistakes of the first repeats, on each task
 * @param activations of the first repeats, where their evaluations have any
 * @param tasks of each group, in the order of the configuration
 * @param sides images of each task, by point of the sweep and {@code group/task}; of tasks that
 *     some trial has learned
 * @param published which published table stands beside the results; null where none does
 */
public record ReportData(
    String experiment,
    Instant created,
    String configuration,
    Map<String, String> versions,
    String machine,
    List<Group> groups,
    List<Trial> trials,
    List<Auxiliary> auxiliaries,
    List<String> notes,
    List<Mistakes> mistakes,
    List<Activations> activations,
    List<TaskFacts> tasks,
    Map<Map<String, Object>, Map<String, Sides>> sides,
    PaperSettings published) {

  /** Classes of a confusion matrix that can be read. */
  public static final int MOST_CLASSES_IN_A_MATRIX = 60;

  public ReportData {
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    groups = List.copyOf(groups);
    trials = List.copyOf(trials);
    auxiliaries = List.copyOf(auxiliaries);
    notes = List.copyOf(notes);
    mistakes = List.copyOf(mistakes);
    activations = List.copyOf(activations);
    tasks = List.copyOf(tasks);
    sides = Collections.unmodifiableMap(new LinkedHashMap<>(sides));
    for (Trial trial : trials) {
      requireGroup(groups, trial.spec().group());
    }
  }

  /** Which published table stands beside the results. */
  Optional<PaperSettings> paper() {
    return Optional.ofNullable(published);
  }

  /**
   * Images of a task at a point of the sweep, or, where none is known of it, at the first one.
   *
   * @param task {@code group/task}
   */
  Optional<Sides> sides(Map<String, Object> point, String task) {
    return Stream.concat(Stream.ofNullable(sides.get(point)), sides.values().stream())
        .filter(ofPoint -> ofPoint.containsKey(task))
        .findFirst()
        .map(ofPoint -> ofPoint.get(task));
  }

  /** A group's trials, in the order of the configuration. */
  Stream<Trial> trialsOf(String group) {
    return trials.stream().filter(trial -> trial.isOf(group));
  }

  /** A group's tasks, in the order of the configuration. */
  List<String> tasksOf(String group) {
    return groups.stream()
        .filter(each -> each.name().equals(group))
        .flatMap(each -> each.tasks().stream())
        .toList();
  }

  private static void requireGroup(List<Group> groups, String name) {
    if (groups.stream().noneMatch(group -> group.name().equals(name))) {
      throw new IllegalArgumentException(
          "Invalid group of a trial: %s (must be one of %s)"
              .formatted(name, groups.stream().map(Group::name).toList()));
    }
  }

  /**
   * Tasks that are trained together.
   *
   * @param tasks names in the order of the configuration
   */
  public record Group(String name, List<String> tasks) {

    public Group {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * Test images of a task that a trial's model takes for another class.
   *
   * @param count of all
   * @param shown some of them, those first of which the model is surest
   */
  public record Mistakes(TrialSpec trial, String task, int count, List<Mistake> shown) {

    public Mistakes {
      shown = List.copyOf(shown);
    }
  }

  /**
   * One of them.
   *
   * @param probability that the model gives the class that it predicts
   * @param picture a data address: {@link Thumbnail}
   */
  public record Mistake(String truth, String predicted, double probability, String picture) {}

  /**
   * Activation maps of a trial's first layers.
   *
   * @param pictures one a layer, data addresses: {@link Pictures}; empty where they would make the
   *     page too large
   */
  public record Activations(TrialSpec trial, List<String> pictures) {

    public Activations {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * What a task is.
   *
   * @param covered classes that the auxiliary task has; null without one
   * @param resampled whether repeats test on other images
   * @param searched whether test images that a search has looked at are in no score
   */
  public record TaskFacts(
      String group,
      String task,
      String dataset,
      ImageShape shape,
      int classes,
      Integer covered,
      boolean resampled,
      boolean searched) {}

  /**
   * A task's training and test side at a point of a sweep.
   *
   * @param train images
   * @param test images
   * @param resampled whether repeats test on other images
   */
  public record Sides(int train, int test, boolean resampled) {}

  /** How a trial ended. */
  public enum Status {
    FINISHED,
    FAILED,
    KILLED,
    /** Not started, or still running when the report was written. */
    UNFINISHED
  }

  /**
   * What a trial was given beside its method: what a comparison of methods would keep equal.
   *
   * @param start where its columns' weights came from: {@link
   *     dev.twofold.pipelines.plan.Plan#startOf}
   * @param file that they came from; empty where from none
   * @param headStart where its heads' came from; empty of a closed form
   * @param length of its training, as {@code 200 steps}; empty of a closed form
   * @param training its other settings by their keys in a configuration; none of a closed form
   * @param backbone its network: {@link dev.twofold.pipelines.plan.Plan#backboneOf}
   */
  public record Conditions(
      String start,
      String file,
      String headStart,
      String length,
      Map<String, String> training,
      String backbone) {

    public Conditions {
      training = Map.copyOf(training);
    }

    /** Whether another one's columns began with these weights, as far as their networks allow. */
    boolean startLike(Conditions other) {
      return start.equals(other.start) && file.equals(other.file);
    }

    /** What is another one's otherwise, where both have it, beside the start. */
    List<String> unlike(Conditions other) {
      List<String> unlike = new ArrayList<>();
      if (differ(headStart, other.headStart)) {
        unlike.add("headStart %s, not %s".formatted(headStart, other.headStart));
      }
      if (differ(length, other.length)) {
        unlike.add("%s, not %s".formatted(length, other.length));
      }
      new TreeMap<>(training)
          .forEach(
              (key, value) -> {
                String theirs = other.training.getOrDefault(key, "");
                if (differ(value, theirs)) {
                  unlike.add("%s %s, not %s".formatted(key, value, theirs));
                }
              });
      if (differ(backbone, other.backbone)) {
        unlike.add("backbone {%s}, not {%s}".formatted(backbone, other.backbone));
      }
      return unlike;
    }

    private static boolean differ(String ours, String theirs) {
      return !ours.isEmpty() && !theirs.isEmpty() && !ours.equals(theirs);
    }
  }

  /**
   * One trial and what it left.
   *
   * @param reason why it did not finish; empty when it did
   * @param evaluated null unless it finished
   */
  public record Trial(
      TrialSpec spec,
      Conditions conditions,
      Status status,
      String reason,
      TrialResult evaluated,
      Curves curves) {

    public Trial {
      if ((status == Status.FINISHED) != (evaluated != null)) {
        throw new IllegalArgumentException(
            "Invalid trial: %s with %s result (must have one exactly when finished)"
                .formatted(status, evaluated == null ? "no" : "a"));
      }
    }

    boolean isOf(String group) {
      return spec.group().equals(group);
    }

    /** What its evaluation found, when it finished. */
    public Optional<TrialResult> result() {
      return Optional.ofNullable(evaluated);
    }
  }

  /**
   * One auxiliary network.
   *
   * @param accuracy top-1 on its test side
   */
  public record Auxiliary(String name, double accuracy, double seconds, Curves curves) {}
}
