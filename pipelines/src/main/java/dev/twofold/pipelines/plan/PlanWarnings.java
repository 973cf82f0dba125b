package dev.twofold.pipelines.plan;

import dev.twofold.models.ImageShape;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.MethodSettings;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.EventLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** What a plan can do and its user should know, each once. */
final class PlanWarnings {
  /** More trials than these make a warning unreadable. */
  private static final int NAMED = 3;

  private final Set<String> warnings = new LinkedHashSet<>();
  private final Map<Double, Set<String>> validated = new TreeMap<>();

  void add(String warning) {
    warnings.add(warning);
  }

  List<String> all() {
    return List.copyOf(warnings);
  }

  /** Of tasks that do not sit well together. */
  void ofGroup(Configuration configuration, String group, GroupTasks tasks) {
    warnAboutEpochs(configuration, group, tasks);
    warnAboutSharedSources(configuration, group, tasks.tasks());
  }

  /** Of a method that does less with these tasks than it says. */
  void ofMethod(
      Configuration configuration, MethodSettings method, String group, GroupTasks tasks) {
    warnAboutCoverage(method, group, tasks);
    warnAboutExport(method);
    if (method.type().method(method.settings()) instanceof Mtal mtal) {
      warnAboutUnsharedLayers(mtal, method, group, tasks);
    }
  }

  /** Remembers a dataset whose scores are of a validation cut, for {@link #ofTrials}. */
  void ofCut(Configuration configuration, String dataset) {
    Double cut = configuration.splitOf(dataset).validation();
    if (cut != null) {
      validated.computeIfAbsent(cut, fraction -> new LinkedHashSet<>()).add(dataset);
    }
  }

  /** Of all trials, once they are planned. */
  void ofTrials(Collection<PlannedTrial> trials, ArtifactStore store) {
    warnAboutTwins(trials);
    warnAboutValidation();
    warnAboutModels(trials, store);
  }

  /** What `export` will refuse, said before the training and not after it. */
  private void warnAboutExport(MethodSettings method) {
    if (method.settings() instanceof MtalSettings mtal
        && mtal.similarity() == MtalSettings.Similarity.CHANGE) {
      warnings.add(
          "Method %s has similarity: change, which `export --merged` cannot merge"
              .formatted(method.label()));
    }
  }

  private void warnAboutCoverage(MethodSettings method, String group, GroupTasks tasks) {
    Collection<Coverage> uncovered =
        method.usesLabelMap()
            ? tasks.coverage().stream().filter(task -> task.covered() == 0).toList()
            : List.of();
    for (Coverage task : uncovered) {
      warnings.add(
          "Method %s reads the label map, and no class of task %s in group %s is in it"
              .formatted(method.label(), task.task(), group));
    }
  }

  /** An epoch is a pass over the largest task of a unit, and a unit is a group or a task. */
  private void warnAboutEpochs(Configuration configuration, String group, GroupTasks tasks) {
    IntSummaryStatistics images =
        tasks.tasks().stream().mapToInt(GroupTasks.ResolvedTask::images).summaryStatistics();
    Map<Boolean, List<String>> byJoint =
        configuration.methods().keySet().stream()
            .filter(label -> isOfEpochs(configuration.method(group, label)))
            .collect(Collectors.groupingBy(label -> configuration.method(group, label).joint()));
    if (byJoint.size() == 2 && images.getMin() < images.getMax()) {
      warnings.add(
          "In group %s an epoch of %s is a pass over the largest task, of %s a pass over each task alone: training.steps trains them alike"
              .formatted(
                  group,
                  String.join(", ", byJoint.get(true)),
                  String.join(", ", byJoint.get(false))));
    }
  }

  /** Joint methods train on all tasks, and would be tested on what they were trained on. */
  private void warnAboutSharedSources(
      Configuration configuration, String group, List<GroupTasks.ResolvedTask> tasks) {
    for (GroupTasks.ResolvedTask tested : tasks) {
      for (GroupTasks.ResolvedTask trained : tasks.subList(0, tasks.indexOf(tested))) {
        if (trained.mayTestAndTrain(tested, configuration)) {
          warnings.add(
              "Tasks %s and %s of group %s read the same source in two ways: images that test one may train the other, which flatters joint methods (read one dataset in both, or keep them apart by split.only)"
                  .formatted(trained.name(), tested.name(), group));
        }
      }
    }
  }

  private static boolean isOfEpochs(MethodSettings method) {
    return method.training() != null && method.training().epochs() != null;
  }

  private void warnAboutUnsharedLayers(
      Mtal mtal, MethodSettings method, String group, GroupTasks tasks) {
    Map<String, ImageShape> images = new LinkedHashMap<>();
    tasks.tasks().forEach(task -> images.put(task.name(), task.shape()));
    for (String unshared : mtal.unshared(images, method.backbone())) {
      warnings.add("Method %s in group %s: %s".formatted(method.label(), group, unshared));
    }
  }

  private void warnAboutValidation() {
    validated.forEach(
        (cut, names) ->
            warnings.add(
                "Accuracies are of a validation cut, %s of the training images of %s; no test image is read"
                    .formatted(cut, String.join(", ", names))));
  }

  /** What is reused logs no more than it did when it was made. */
  private void warnAboutModels(Collection<PlannedTrial> trials, ArtifactStore store) {
    List<String> without =
        trials.stream()
            .filter(PlannedTrial::keepModels)
            .filter(trial -> trial.decision().action() == Decision.Action.REUSE)
            .filter(trial -> hasLoggedNoModel(store.directory(trial.evaluation())))
            .map(trial -> trial.run().name())
            .toList();
    if (!without.isEmpty()) {
      int more = without.size() - NAMED;
      warnings.add(
          "Evaluated for a run that kept no models, and reused without them: %s%s (without their folders in artifacts/evaluate, whose keys `plan --json` has, they are evaluated again, with models)"
              .formatted(
                  without.stream().limit(NAMED).collect(Collectors.joining(", ")),
                  more > 0 ? " and %d more".formatted(more) : ""));
    }
  }

  /** Of a log that is not there nothing is known. */
  private static boolean hasLoggedNoModel(Path evaluation) {
    Path log = evaluation.resolve("events.jsonl");
    try {
      AtomicBoolean logged = new AtomicBoolean();
      EventLines.read(
          log,
          0,
          event -> logged.compareAndSet(false, event.path("event").asText().equals("model")));
      return Files.exists(log) && !logged.get();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(log, e), e);
    }
  }

  private void warnAboutTwins(Collection<PlannedTrial> trials) {
    Map<StageKey, PlannedTrial> first = new LinkedHashMap<>();
    for (PlannedTrial trial : trials) {
      PlannedTrial twin = first.putIfAbsent(trial.evaluation(), trial);
      if (twin != null && trial.spec().repeat() == 1) {
        warnings.add(
            "%s and %s are the same: they share their runs"
                .formatted(twin.run().name(), trial.run().name()));
      }
    }
  }
}
