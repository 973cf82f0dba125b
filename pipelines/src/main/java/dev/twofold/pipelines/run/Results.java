package dev.twofold.pipelines.run;

import dev.twofold.models.ImageShape;
import dev.twofold.models.methods.BeyondPaper;
import dev.twofold.models.methods.Methods;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.pipelines.configuration.GroupTask;
import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.plan.Coverage;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedPretraining;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PointOrder;
import dev.twofold.pipelines.report.CurveReader;
import dev.twofold.pipelines.report.Curves;
import dev.twofold.pipelines.report.ReportData;
import dev.twofold.pipelines.report.ReportData.Activations;
import dev.twofold.pipelines.report.ReportData.Auxiliary;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Mistakes;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.TaskFacts;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.Failures;
import dev.twofold.transforms.training.Outcome;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import dev.twofold.transforms.training.TrialSpec;
import dev.twofold.transforms.training.UnitClaims;
import dev.twofold.transforms.training.UnitResult;
import dev.twofold.transforms.training.UnitSpec;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads from the workdir what a plan's trials have come to. */
final class Results {
  private final Plan plan;
  private final Configuration configuration;
  private final ArtifactStore store;
  private final Failures failures;
  private final Map<String, Outcome> outcomes;

  /**
   * Results of a plan.
   *
   * @param work that the workers had, for the reasons of failures
   */
  Results(Plan plan, Configuration configuration, WorkPlan work) throws IOException {
    this.plan = plan;
    this.configuration = configuration;
    this.store = new ArtifactStore(plan.workdir());
    this.outcomes = new LinkedHashMap<>();
    this.failures = new Failures(work);
    UnitClaims claims = new UnitClaims(work);
    for (Outcome outcome : claims.outcomes(work.pretrain())) {
      outcomes.put(outcome.key(), outcome);
    }
    for (Outcome outcome : claims.outcomes(work.units())) {
      outcomes.put(outcome.key(), outcome);
    }
  }

  /** Why a trial has no result; empty when it has one. */
  Optional<String> failure(PlannedTrial trial) {
    if (store.find(trial.evaluation()).isPresent()) {
      return Optional.empty();
    }
    List<String> reasons =
        trial.spec().units().stream().flatMap(unit -> failureOf(unit).stream()).distinct().toList();
    return Optional.of(reasons.isEmpty() ? notEvaluated(trial) : String.join("; ", reasons));
  }

  /**
   * What its run says of a trial without a result: why it failed itself in this run, or else why
   * the pipeline did, which then never came to it. Empty when it has a result.
   *
   * @param pipeline why the pipeline failed; empty when it did not
   */
  Optional<String> reason(PlannedTrial trial, Optional<String> pipeline) throws IOException {
    List<StageKey> stages = new ArrayList<>();
    trial.spec().units().forEach(unit -> stages.add(new StageKey("train", unit)));
    stages.add(trial.evaluation());
    return reason(failure(trial), stages, pipeline);
  }

  /** As above, of a pre-training. */
  Optional<String> reason(PlannedPretraining pretraining, Optional<String> pipeline)
      throws IOException {
    return reason(failure(pretraining), List.of(pretraining.unit().key()), pipeline);
  }

  private Optional<String> reason(
      Optional<String> failure, List<StageKey> stages, Optional<String> pipeline) {
    boolean own = stages.stream().anyMatch(failures::has);
    return failure.map(reason -> own ? reason : pipeline.orElse(reason));
  }

  private String notEvaluated(PlannedTrial trial) {
    try {
      return failures
          .find(trial.evaluation())
          .map(failure -> "it was not evaluated: " + failure.reason())
          .orElse("it was not evaluated");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read why %s failed".formatted(trial.spec()), e);
    }
  }

  /** Why a pre-training has no result; empty when it has one. */
  Optional<String> failure(PlannedPretraining pretraining) {
    return failureOf(pretraining.unit().key().hex());
  }

  private Optional<String> failureOf(String unit) {
    return Optional.ofNullable(outcomes.get(unit))
        .filter(outcome -> outcome.status() == Outcome.Status.FAILED)
        .map(Outcome::reason);
  }

  /** All that the report shows. */
  ReportData report(Map<String, String> versions, Status unfinished) throws IOException {
    List<Trial> trials = new ArrayList<>();
    for (PlannedTrial trial : inOrder()) {
      trials.add(trial(trial, unfinished));
    }
    List<Auxiliary> auxiliaries = new ArrayList<>();
    for (PlannedPretraining pretraining : plan.pretrainings()) {
      auxiliary(pretraining).ifPresent(auxiliaries::add);
    }
    return new ReportData(
        configuration.name(),
        Instant.now(),
        EffectiveConfiguration.yaml(configuration),
        versions,
        Machine.describe(),
        groups(),
        trials,
        auxiliaries,
        notes(),
        mistakes(),
        activations(),
        tasks(),
        sides(trials),
        configuration.paper());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>(plan.warnings());
    beyondPapers()
        .forEach(
            (value, labels) ->
                notes.add(
                    "Ours, and in neither paper: %s, of %s"
                        .formatted(value, String.join(", ", labels))));
    Set<String> searched =
        plan.trials().stream()
            .flatMap(trial -> trial.searched().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!searched.isEmpty()) {
      notes.add(
          "In no score: test images of %s that a search for settings has looked at (split.searched)"
              .formatted(String.join(", ", searched)));
    }
    return notes;
  }

  /** Settings that no paper has → labels of the methods that have them. */
  private SortedMap<String, SortedSet<String>> beyondPapers() {
    Map<String, UnitSpec> units = new HashMap<>();
    plan.units().forEach(unit -> units.put(unit.key().hex(), unit.spec()));
    SortedMap<String, SortedSet<String>> values = new TreeMap<>();
    for (PlannedTrial trial : plan.trials()) {
      for (String key : trial.spec().units()) {
        UnitSpec unit = units.get(key);
        if (TrainingJson.read(unit.settings(), Methods.named(unit.method()).settingsType())
            instanceof BeyondPaper settings) {
          settings
              .beyondPaper()
              .forEach(
                  value ->
                      values
                          .computeIfAbsent(value, v -> new TreeSet<>())
                          .add(trial.spec().label()));
        }
      }
    }
    return values;
  }

  private List<TaskFacts> tasks() {
    Map<String, ImageShape> shapes = new HashMap<>();
    plan.datasets().forEach(data -> shapes.put(data.key().hex(), data.request().shape()));
    List<TaskFacts> facts = new ArrayList<>();
    configuration
        .groups()
        .forEach(
            (group, settings) -> {
              for (GroupTask task : settings.tasks()) {
                TaskSpec spec = specsOf(group, task.name(), point -> true).get(0);
                facts.add(
                    new TaskFacts(
                        group,
                        task.name(),
                        task.dataset(),
                        shapes.get(spec.datasets().get(0)),
                        spec.classes().size(),
                        covered(group, task.name()),
                        configuration.repeats() == 1 || isResampled(group, task.name()),
                        isSearched(group, task.name())));
              }
            });
    return facts;
  }

  private boolean isSearched(String group, String task) {
    return plan.trials().stream()
        .filter(trial -> trial.spec().group().equals(group))
        .anyMatch(trial -> trial.searched().containsKey(task));
  }

  /** Whether repeats have other test images, which the points of a sweep may have as well. */
  private boolean isResampled(String group, String task) {
    return plan.trials().stream()
        .filter(trial -> trial.spec().group().equals(group))
        .map(trial -> trial.spec().point())
        .distinct()
        .allMatch(point -> isResampled(group, task, point));
  }

  private boolean isResampled(String group, String task, Map<String, Object> point) {
    return specsOf(group, task, point::equals).stream().map(TaskSpec::split).distinct().count() > 1;
  }

  /** As the trials of the group have it. */
  private List<TaskSpec> specsOf(
      String group, String task, Predicate<Map<String, Object>> ofPoint) {
    Set<String> units =
        plan.trials().stream()
            .filter(trial -> trial.spec().group().equals(group))
            .filter(trial -> ofPoint.test(trial.spec().point()))
            .flatMap(trial -> trial.spec().units().stream())
            .collect(Collectors.toSet());
    return plan.units().stream()
        .filter(unit -> units.contains(unit.key().hex()))
        .flatMap(unit -> unit.spec().tasks().stream())
        .filter(spec -> spec.name().equals(task))
        .toList();
  }

  private Integer covered(String group, String task) {
    return plan.coverage().stream()
        .filter(coverage -> coverage.group().equals(group) && coverage.task().equals(task))
        .map(Coverage::covered)
        .findFirst()
        .orElse(null);
  }

  /** In the order of the configuration; the plan has the longest first. */
  private List<PlannedTrial> inOrder() {
    List<String> groups = List.copyOf(configuration.groups().keySet());
    List<String> labels = List.copyOf(configuration.methods().keySet());
    return plan.trials().stream()
        .sorted(
            Comparator.comparingInt((PlannedTrial trial) -> groups.indexOf(trial.spec().group()))
                .thenComparingInt(trial -> labels.indexOf(trial.spec().label()))
                .thenComparing(trial -> trial.spec().point(), new PointOrder())
                .thenComparingInt(trial -> trial.spec().repeat()))
        .toList();
  }

  private Trial trial(PlannedTrial trial, Status unfinished) throws IOException {
    Curves curves = curves(trial.run().logs());
    Optional<String> failure = failure(trial);
    if (failure.isPresent()) {
      return new Trial(trial.spec(), conditions(trial), unfinished, failure.get(), null, curves);
    }
    return new Trial(
        trial.spec(), conditions(trial), Status.FINISHED, "", shown(result(trial), trial), curves);
  }

  /** Without the confusion matrices that no report shows: of 1000 classes one takes 5 MB. */
  private static TrialResult shown(TrialResult result, PlannedTrial trial) {
    Map<String, TaskResult> tasks = new LinkedHashMap<>();
    result
        .tasks()
        .forEach(
            (name, task) ->
                tasks.put(
                    name,
                    trial.spec().repeat() == 1
                            && task.classes().size() <= ReportData.MOST_CLASSES_IN_A_MATRIX
                        ? task
                        : new TaskResult(
                            task.accuracy(), task.macroF1(), task.classes(), List.of())));
    return new TrialResult(tasks, result.trainingSeconds());
  }

  private Conditions conditions(PlannedTrial trial) {
    return new Conditions(
        plan.startOf(trial),
        trial.file(),
        trial.headStart(),
        trial.length(),
        trial.training(),
        plan.backboneOf(trial));
  }

  private List<Mistakes> mistakes() throws IOException {
    WrongImages images = new WrongImages(plan);
    List<Mistakes> mistakes = new ArrayList<>();
    for (PlannedTrial trial : inOrder()) {
      if (trial.spec().repeat() == 1 && failure(trial).isEmpty()) {
        mistakes.addAll(images.of(trial));
      }
    }
    return mistakes;
  }

  private List<Activations> activations() throws IOException {
    ActivationPictures pictures = new ActivationPictures(store);
    List<Activations> activations = new ArrayList<>();
    for (PlannedTrial trial : inOrder()) {
      if (trial.spec().repeat() == 1 && failure(trial).isEmpty()) {
        pictures.of(trial).ifPresent(activations::add);
      }
    }
    return activations;
  }

  /**
   * As the first unit of each task and point that is still there had them; splits differ between
   * repeats, their sizes do not.
   */
  Map<Map<String, Object>, Map<String, Sides>> sides(List<Trial> trials) throws IOException {
    Map<Map<String, Object>, Map<String, Sides>> sides = new LinkedHashMap<>();
    for (Trial trial : trials) {
      if (trial.status() == Status.FINISHED) {
        Map<String, Sides> ofPoint =
            sides.computeIfAbsent(trial.spec().point(), p -> new LinkedHashMap<>());
        if (!ofPoint.keySet().containsAll(tasksOf(trial.spec().group()))) {
          sidesOf(trial.spec()).forEach(ofPoint::putIfAbsent);
        }
      }
    }
    return sides;
  }

  private List<String> tasksOf(String group) {
    return configuration.groups().get(group).tasks().stream()
        .map(task -> PaperSettings.taskOf(group, task.name()))
        .toList();
  }

  private Map<String, Sides> sidesOf(TrialSpec trial) throws IOException {
    Map<String, Sides> sides = new LinkedHashMap<>();
    for (String unit : trial.units()) {
      StageKey key = new StageKey("train", unit);
      // A unit that somebody has deleted leaves its evaluated trials whole.
      if (store.find(key).isPresent()) {
        unitResult(key)
            .tasks()
            .forEach(
                (task, score) ->
                    sides.put(
                        PaperSettings.taskOf(trial.group(), task),
                        new Sides(
                            score.trainImages(),
                            score.testImages(),
                            configuration.repeats() == 1
                                || isResampled(trial.group(), task, trial.point()))));
      }
    }
    return sides;
  }

  private UnitResult unitResult(StageKey key) throws IOException {
    Path file = store.directory(key).resolve("result.json");
    return TrainingJson.MAPPER.readValue(file.toFile(), UnitResult.class);
  }

  TrialResult result(PlannedTrial trial) throws IOException {
    Path file = store.directory(trial.evaluation()).resolve("result.json");
    return TrainingJson.MAPPER.readValue(file.toFile(), TrialResult.class);
  }

  /** Empty of one that failed, and of one that somebody has deleted, which is not made again. */
  Optional<Auxiliary> auxiliary(PlannedPretraining pretraining) throws IOException {
    StageKey key = pretraining.unit().key();
    if (failure(pretraining).isPresent() || store.find(key).isEmpty()) {
      return Optional.empty();
    }
    UnitResult result = unitResult(key);
    String task = pretraining.unit().spec().tasks().get(0).name();
    return Optional.of(
        new Auxiliary(
            pretraining.run().name(),
            result.tasks().get(task).accuracy(),
            result.seconds(),
            curves(pretraining.run().logs())));
  }

  private Curves curves(List<String> logs) throws IOException {
    return CurveReader.read(logs.stream().map(plan.workdir()::resolve).toList());
  }

  private List<Group> groups() {
    return configuration.groups().entrySet().stream()
        .map(
            group ->
                new Group(
                    group.getKey(),
                    group.getValue().tasks().stream()
                        .map(GroupTask::name)
                        .collect(Collectors.toList())))
        .toList();
  }
}
