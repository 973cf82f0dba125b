package dev.twofold.pipelines.plan;

import dev.twofold.models.EnumNames;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Randomness;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.Start;
import dev.twofold.pipelines.configuration.AuxiliarySettings;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.configuration.KeepModels;
import dev.twofold.pipelines.configuration.MethodSettings;
import dev.twofold.pipelines.configuration.SweepPoint;
import dev.twofold.pipelines.configuration.WorkerSettings.Devices;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrialSpec;
import dev.twofold.transforms.training.UnitSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The making of one plan: what is found on the way, by key. */
final class Planning {
  private final Experiment experiment;
  private final PlanOptions options;
  private final StageInputs inputs;
  private final Path workdir;
  private final ArtifactStore store;
  private final Reasons reasons;
  private final DatasetPlanner datasetPlanner;
  private final Runs runs;
  private final Map<StageKey, PlannedDataset> datasets = new LinkedHashMap<>();
  private final Map<StageKey, PlannedUnit> networks = new LinkedHashMap<>();
  private final NetworkNames networkNames = new NetworkNames();
  private final Map<StageKey, PlannedUnit> units = new LinkedHashMap<>();
  private final Map<TrialId, PlannedTrial> trials = new LinkedHashMap<>();
  private final Set<Coverage> coverage = new LinkedHashSet<>();
  private final PlanWarnings warnings = new PlanWarnings();

  Planning(
      Experiment experiment,
      PlanOptions options,
      StageInputs inputs,
      Path workdir,
      DatasetPlanner datasetPlanner) {
    this.experiment = experiment;
    this.options = options;
    this.inputs = inputs;
    this.workdir = workdir;
    this.store = new ArtifactStore(workdir);
    this.reasons = new Reasons(store);
    this.datasetPlanner = datasetPlanner;
    this.runs = new Runs(experiment.configuration().name());
  }

  /** Points of a sweep that do not touch a trial come to the same one. */
  private record TrialId(String group, String label, int repeat, StageKey evaluation) {}

  Plan plan() {
    experiment.points().forEach(this::planPoint);
    warnings.ofTrials(trials.values(), store);
    checkSources();
    Set<String> needed = needed();
    return new Plan(
        experiment.configuration().name(),
        options.attempt(),
        workdir,
        List.copyOf(datasets.values()),
        pretrainings(needed),
        units.values().stream()
            .map(unit -> unit.unless(needed.contains(unit.key().hex())))
            .sorted(Comparator.comparingDouble(PlannedUnit::work).reversed())
            .toList(),
        trials.values().stream()
            .sorted(Comparator.comparingDouble(PlannedTrial::work).reversed())
            .toList(),
        List.copyOf(coverage),
        context(),
        warnings.all());
  }

  private void planPoint(SweepPoint point) {
    Configuration configuration = point.configuration();
    AuxiliaryTask auxiliary =
        configuration.auxiliary() == null ? null : AuxiliaryTask.resolve(point, datasetPlanner);
    for (String group : configuration.groups().keySet()) {
      GroupTasks tasks =
          GroupTasks.resolve(
              point, group, datasetPlanner, auxiliary == null ? List.of() : auxiliary.classes());
      tasks.tasks().forEach(task -> addDataset(task.dataset()));
      tasks.tasks().forEach(task -> warnings.ofCut(configuration, task.dataset().name()));
      if (auxiliary != null) {
        coverage.addAll(tasks.coverage());
      }
      warnings.ofGroup(configuration, group, tasks);
      for (String label : configuration.methods().keySet()) {
        MethodSettings method = configuration.method(group, label);
        warnings.ofMethod(configuration, method, group, tasks);
        for (int repeat = 1; repeat <= configuration.repeats(); repeat++) {
          StageKey pretraining =
              method.needsAuxiliary() ? pretraining(auxiliary, method, repeat) : null;
          addTrial(point, group, method, tasks, pretraining, repeat);
        }
      }
    }
  }

  private void addDataset(DatasetPlanner.Listed listed) {
    StageKey key = listed.request().stageKey();
    PlannedDataset there = datasets.get(key);
    if (there == null) {
      Decision decision = decide(Stage.INGEST, key, listed.keyInputs());
      reasons.remember(key, "dataset %s changed (%s)".formatted(listed.name(), decision.reason()));
      datasets.put(
          key,
          new PlannedDataset(List.of(listed.name()), listed.request(), listed.counts(), decision));
    } else if (!there.names().contains(listed.name())) {
      List<String> names = new ArrayList<>(there.names());
      names.add(listed.name());
      datasets.put(
          key, new PlannedDataset(names, there.request(), there.counts(), there.decision()));
    }
  }

  /**
   * One pre-training for each backbone that a method starts from, and for each repeat where the
   * auxiliary task is split as the repeat's tasks are.
   */
  private StageKey pretraining(AuxiliaryTask auxiliary, MethodSettings method, int repeat) {
    auxiliary.datasets().forEach(this::addDataset);
    Configuration configuration = auxiliary.configuration();
    AuxiliarySettings settings = configuration.auxiliary();
    UnitSpec spec =
        new UnitSpec(
            Stage.PRETRAIN.label(),
            "single-task",
            Map.of(),
            method.backbone(),
            new Start(Start.From.SCRATCH, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null),
            null,
            List.of(auxiliary.spec(repeat)),
            settings.effectiveTraining(),
            settings.seed() == null
                ? Randomness.hash(configuration.seed(), "auxiliary")
                : settings.seed(),
            options.cores());
    Keyed keyed = key(Stage.PRETRAIN, inputs.ofUnit(spec, options.attempt()));
    if (!networks.containsKey(keyed.key())) {
      Decision decision = decide(Stage.PRETRAIN, keyed.key(), keyed.inputs());
      double work =
          WorkEstimate.of(
              spec.training(),
              spec.backbone(),
              List.of(auxiliary.shape()),
              List.of(auxiliary.trainImages()),
              1);
      reasons.remember(
          keyed.key(), "the auxiliary network changed (%s)".formatted(decision.reason()));
      PlannedUnit unit = new PlannedUnit(keyed.key(), spec, keyed.inputs(), decision, work);
      networks.put(keyed.key(), unit);
      networkNames.add(unit, auxiliary.isPerRepeat() ? "" + repeat : "");
    }
    return keyed.key();
  }

  /** Keys of what trials that are not yet evaluated were made of, or are to be made of. */
  private Set<String> needed() {
    Set<String> needed = new HashSet<>();
    trials.values().stream()
        .filter(trial -> trial.decision().action() == Decision.Action.RUN)
        .forEach(trial -> needed.addAll(trial.spec().units()));
    for (PlannedUnit unit : units.values()) {
      if (unit.spec().auxiliary() != null && needed.contains(unit.key().hex())) {
        needed.add(unit.spec().auxiliary());
      }
    }
    return needed;
  }

  private List<PlannedPretraining> pretrainings(Set<String> needed) {
    Map<StageKey, String> names = networkNames.names();
    return networks.values().stream()
        .map(unit -> unit.unless(needed.contains(unit.key().hex())))
        .map(
            unit ->
                new PlannedPretraining(
                    unit, runs.ofPretraining(unit, names.get(unit.key())), Parameters.of(unit)))
        .toList();
  }

  private void addTrial(
      SweepPoint point,
      String group,
      MethodSettings method,
      GroupTasks tasks,
      StageKey pretraining,
      int repeat) {
    List<PlannedUnit> joined = new ArrayList<>();
    if (method.joint()) {
      joined.add(unit(point.configuration(), method, tasks, tasks.tasks(), pretraining, repeat));
    } else {
      for (GroupTasks.ResolvedTask task : tasks.tasks()) {
        joined.add(unit(point.configuration(), method, tasks, List.of(task), pretraining, repeat));
      }
    }
    List<String> keys = joined.stream().map(unit -> unit.key().hex()).toList();
    Map<String, List<Split>> searched = tasks.searched(point.configuration());
    Keyed evaluation = key(Stage.EVALUATE, inputs.ofEvaluation(keys, searched, options.attempt()));
    TrialId id = new TrialId(group, method.label(), repeat, evaluation.key());
    Map<String, Object> values = new LinkedHashMap<>(point.values());
    PlannedTrial there = trials.get(id);
    if (there != null) {
      values.entrySet().retainAll(there.spec().point().entrySet());
    }
    TrialSpec spec =
        new TrialSpec(
            method.label(),
            method.type().name(),
            group,
            values,
            repeat,
            keys,
            evaluation.key().hex(),
            method.joint());
    trials.put(
        id,
        new PlannedTrial(
            spec,
            evaluation.key(),
            evaluation.inputs(),
            searched,
            decideEvaluation(evaluation, joined),
            runs.ofTrial(spec),
            Parameters.of(spec, method, point.configuration(), tasks, joined),
            keeps(point.configuration().keepModels(), repeat),
            joined.stream().mapToDouble(PlannedUnit::work).sum()));
  }

  private Decision decideEvaluation(Keyed evaluation, List<PlannedUnit> joined) {
    Decision decision = decide(Stage.EVALUATE, evaluation.key(), evaluation.inputs());
    List<String> untrained =
        joined.stream()
            .filter(unit -> unit.decision().action() == Decision.Action.RUN)
            .map(unit -> unit.decision().reason())
            .distinct()
            .toList();
    return decision.action() == Decision.Action.REUSE || untrained.isEmpty()
        ? decision
        : Decision.run(String.join("; ", untrained));
  }

  private PlannedUnit unit(
      Configuration configuration,
      MethodSettings method,
      GroupTasks group,
      List<GroupTasks.ResolvedTask> tasks,
      StageKey pretraining,
      int repeat) {
    GroupTasks.Labels labels =
        method.usesLabelMap() ? GroupTasks.Labels.USED : GroupTasks.Labels.UNUSED;
    List<TaskSpec> specs =
        tasks.stream().map(task -> group.spec(task, configuration, repeat, labels)).toList();
    UnitSpec spec =
        new UnitSpec(
            Stage.TRAIN.label(),
            method.type().name(),
            settings(method),
            method.backbone(),
            fromAnywhere(method.start()),
            pretraining == null ? null : pretraining.hex(),
            specs,
            method.training(),
            Randomness.hash(configuration.seed(), "repeat", repeat),
            threads(configuration));
    Keyed keyed = key(Stage.TRAIN, inputs.ofUnit(spec, options.attempt()));
    return units.computeIfAbsent(
        keyed.key(),
        key -> {
          Decision decision = decide(Stage.TRAIN, key, keyed.inputs());
          reasons.remember(key, decision.reason());
          return new PlannedUnit(key, spec, keyed.inputs(), decision, work(method, tasks, specs));
        });
  }

  /** A worker's current folder is another one. */
  private static Start fromAnywhere(Start start) {
    return start == null || start.file() == null
        ? start
        : new Start(
            start.from(),
            start.scratchSeed(),
            start.headStart(),
            DatasetPlanner.absolute(start.file()));
  }

  private static double work(
      MethodSettings method, List<GroupTasks.ResolvedTask> tasks, List<TaskSpec> specs) {
    List<ImageShape> shapes = tasks.stream().map(GroupTasks.ResolvedTask::shape).toList();
    List<Integer> images = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      images.add(trained(tasks.get(i).images(), specs.get(i).split()));
    }
    BackboneSettings backbone = method.backbone();
    int factor =
        method.type().method(method.settings()) instanceof GraphMethod graph
            ? graph.relativeWork(tasks.size())
            : 1;
    return WorkEstimate.of(method.training(), backbone, shapes, images, factor);
  }

  private static int trained(int images, Split split) {
    double cut = split.validation() == null ? 0 : split.validation();
    return Math.max(1, (int) Math.round(images * (1 - split.test()) * (1 - cut)));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> settings(MethodSettings method) {
    return (Map<String, Object>) EffectiveConfiguration.plain(method.settings());
  }

  private int threads(Configuration configuration) {
    return configuration.workers().threadsOn(options.cores());
  }

  private static boolean keeps(KeepModels keep, int repeat) {
    return switch (keep) {
      case NONE -> false;
      case FIRST -> repeat == 1;
      case ALL -> true;
    };
  }

  /** A key with what was hashed into it. */
  private record Keyed(StageKey key, Map<String, Object> inputs) {}

  /** What a forced stage makes has the first number that is not whole, so that it can go on. */
  private Keyed key(Stage stage, Map<String, Object> hashed) {
    Keyed keyed = keyed(stage, hashed);
    if (options.forced().contains(stage)) {
      Map<String, Object> forced = new LinkedHashMap<>(hashed);
      int number = 0;
      do {
        number++;
        forced.put("forced", number);
        keyed = keyed(stage, new LinkedHashMap<>(forced));
      } while (store.find(keyed.key()).isPresent());
    }
    return keyed;
  }

  private static Keyed keyed(Stage stage, Map<String, Object> hashed) {
    return new Keyed(StageKey.of(stage.label(), hashed), hashed);
  }

  private Decision decide(Stage stage, StageKey key, Map<String, Object> hashed) {
    if (options.forced().contains(stage)) {
      return Decision.run("--force " + stage.label());
    }
    Decision decision = reasons.decide(stage, key, hashed);
    if (decision.action() == Decision.Action.REUSE) {
      warnAboutContext(stage, key);
    }
    return decision;
  }

  private Map<String, Object> context() {
    return Map.of("threads", threads(experiment.configuration()));
  }

  private void warnAboutContext(Stage stage, StageKey key) {
    var made = store.find(key).orElseThrow().context();
    Map<String, Object> wanted = new TreeMap<>(context());
    Devices devices = experiment.configuration().workers().devices();
    if (devices != Devices.AUTO) {
      wanted.put("device", EnumNames.of(devices)); // which a manifest has as it was leased
    }
    wanted.forEach(
        (name, now) -> {
          String then = made.path(name).asText("");
          if (!then.isEmpty() && !then.equals(now.toString())) {
            warnings.add(
                "%s %s was made with %s %s, this run has %s (not in the key)"
                    .formatted(stage.label(), key.hex().substring(0, 8), name, then, now));
          }
        });
  }

  /** What is ingested, or not needed since every trial is evaluated, needs its source no more. */
  private void checkSources() {
    boolean complete =
        trials.values().stream()
            .allMatch(trial -> trial.decision().action() == Decision.Action.REUSE);
    for (PlannedDataset dataset : datasets.values()) {
      String name = String.join(", ", dataset.names());
      for (Path absent : dataset.request().absent()) {
        if (dataset.decision().action() == Decision.Action.REUSE) {
          warnings.add(
              "%s of dataset %s is not there: its images are those that were read from it"
                  .formatted(absent, name));
        } else if (!complete) {
          throw DataRefusedException.absent(name, absent);
        }
      }
    }
  }
}
