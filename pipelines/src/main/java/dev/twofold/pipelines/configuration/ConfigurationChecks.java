package dev.twofold.pipelines.configuration;

import dev.twofold.models.ImageShape;
import dev.twofold.models.methods.DamtlSettings;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.pipelines.paper.PublishedTable;
import dev.twofold.pipelines.paper.PublishedTables;
import dev.twofold.transforms.parquet.Split;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What must hold between the keys of a configuration. */
final class ConfigurationChecks {

  /** Parts of metric names, folder names and dotted keys. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

  private static final String NAME_RULE = "must be letters, digits, _ and -, at most 100";

  private static final Pattern EXPERIMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}");

  /** A plan of more is a slip of the hand, and takes minutes to make. */
  private static final int MOST_REPEATS = 1000;

  /** A path would be made of it, as of any name. */
  private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  private final Configuration configuration;
  private final Tree.Mapping tree;
  private final Binder binder;

  ConfigurationChecks(Configuration configuration, Tree.Mapping tree, Binder binder) {
    this.configuration = configuration;
    this.tree = tree;
    this.binder = binder;
  }

  void run() {
    checkExperiment();
    checkPath(configuration.workdir(), "workdir");
    checkNames("datasets", configuration.datasets());
    checkNames("groups", configuration.groups());
    checkNames("methods", configuration.methods());
    SplitSettings split = configuration.split().over(SplitSettings.DEFAULT, binder.problems());
    configuration.datasets().keySet().forEach(name -> checkDataset(name, split));
    checkAuxiliary();
    groups().forEach(this::checkGroup);
    attempt(configuration::effectiveBackbone);
    configuration.methods().keySet().forEach(this::checkMethod);
    if (configuration.paper() != null) {
      checkPaper(configuration.paper());
    }
  }

  private void checkExperiment() {
    if (!EXPERIMENT.matcher(configuration.name()).matches()) {
      add(
          "Invalid name: " + configuration.name(),
          "must be letters, digits, spaces, dots, _ and -, at most 100",
          "name");
    }
    int repeats = configuration.repeats();
    if (repeats < 1 || repeats > MOST_REPEATS) {
      add("Invalid repeats: " + repeats, "must be 1 to " + MOST_REPEATS, "repeats");
    }
  }

  private void checkPath(String path, String... keys) {
    if (ADDRESS.matcher(path).matches()) {
      add(
          "Invalid %s: %s".formatted(String.join(".", keys), path),
          "must be a path of this machine; mount what is elsewhere, on every worker",
          keys);
    }
  }

  private void checkNames(String key, Map<String, ?> named) {
    if (named.isEmpty()) {
      add("Invalid %s: none".formatted(key), "must have at least one", key);
    }
    for (String name : named.keySet()) {
      if (!NAME.matcher(name).matches()) {
        add("Invalid name in %s: %s".formatted(key, name), NAME_RULE, key, name);
      }
    }
  }

  private void checkDataset(String name, SplitSettings usual) {
    DatasetSettings dataset = configuration.datasets().get(name);
    if (dataset == null) {
      return;
    }
    checkPath(dataset.source(), "datasets", name, "source");
    attempt(dataset::effectiveAugment);
    SplitSettings split = attempt(() -> dataset.effectiveSplit(usual));
    if (split != null
        && dataset.layout() == Layout.CLASS_FILE
        && (split.mode() == Split.Mode.SOURCE || !split.only().isEmpty())) {
      add(
          "Invalid split of dataset %s: the layout class/file has no splits".formatted(name),
          "must be layout: split/class/file, or split: {mode: hash} without only",
          "datasets",
          name,
          "split");
    }
  }

  private void checkAuxiliary() {
    AuxiliarySettings auxiliary = configuration.auxiliary();
    if (auxiliary != null) {
      attempt(auxiliary::effectiveTraining);
      auxiliary.datasets().forEach(name -> checkDatasetName(name, "auxiliary", "datasets"));
    }
  }

  /** Those that do not refuse their own values. */
  private Map<String, GroupSettings> groups() {
    Map<String, GroupSettings> groups = new LinkedHashMap<>(configuration.groups());
    groups.values().removeIf(Objects::isNull);
    return groups;
  }

  private void checkGroup(String name, GroupSettings group) {
    Set<String> tasks = new HashSet<>();
    for (GroupTask task : group.tasks()) {
      checkDatasetName(task.dataset(), "groups", name, "tasks");
      if (!NAME.matcher(task.name()).matches()) {
        add("Invalid task name: " + task.name(), NAME_RULE, "groups", name, "tasks");
      }
      if (!tasks.add(task.name())) {
        add(
            "Duplicate task `%s` in group %s".formatted(task.name(), name),
            "give one of them a name of its own, as in {dataset: %s, name: …}"
                .formatted(task.dataset()),
            "groups",
            name,
            "tasks");
      }
    }
    for (String label : group.methods().keySet()) {
      if (!configuration.methods().containsKey(label)) {
        add(
            "Unknown method label `%s` in group %s".formatted(label, name),
            NearestName.remedy(label, configuration.methods().keySet()),
            "groups",
            name,
            "methods",
            label);
      }
    }
  }

  private void checkDatasetName(String name, String... keys) {
    Collection<String> known = configuration.datasets().keySet();
    if (!known.contains(name)) {
      binder
          .problems()
          .add(
              "Unknown dataset `%s`".formatted(name),
              placeOfItem(name, keys),
              NearestName.remedy(name, known));
    }
  }

  /** The place of the item of a list that is this word, or has it under {@code dataset}. */
  private Place placeOfItem(String word, String... keys) {
    Tree list = tree;
    for (String key : keys) {
      list = list instanceof Tree.Mapping mapping ? mapping.get(key).orElse(list) : list;
    }
    List<Tree> items = list instanceof Tree.Sequence sequence ? sequence.items() : List.of();
    return items.stream()
        .map(
            item ->
                item instanceof Tree.Mapping mapping ? mapping.get("dataset").orElse(item) : item)
        .filter(item -> item instanceof Tree.Scalar scalar && scalar.text().equals(word))
        .map(Tree::place)
        .findFirst()
        .orElseGet(() -> Tree.placeOf(tree, keys));
  }

  private void checkMethod(String label) {
    MethodResolver resolver = new MethodResolver(configuration, binder);
    resolver.resolve(label);
    groups()
        .forEach(
            (name, group) ->
                resolver
                    .resolve(name, label)
                    .ifPresent(method -> checkMethodInGroup(method, name, group)));
  }

  private void checkMethodInGroup(MethodSettings method, String name, GroupSettings group) {
    if (method.needsAuxiliary()
        && tree.get("auxiliary").filter(given -> !Tree.isNothing(given)).isEmpty()) {
      add(
          "Missing key `auxiliary`: method %s %s".formatted(method.label(), reason(method)),
          "add auxiliary: {datasets: […]}, or settings that do without it, such as start: scratch"
              + " or features: pixels",
          "methods",
          method.label());
    }
    if (method.joint() && group.tasks().size() < 2) {
      add(
          "Invalid group %s: one task for the joint method %s".formatted(name, method.label()),
          "must have at least two tasks",
          "groups",
          name,
          "tasks");
      return;
    }
    List<String> strangers = strangers(method, group);
    strangers.forEach(task -> addStranger(task, method, name, group));
    Map<String, ImageShape> images = images(group);
    if (!strangers.isEmpty() || method.backbone() == null || images.size() < group.tasks().size()) {
      return;
    }
    images.forEach((task, image) -> checkAgainstAuxiliary(method, name, task, image));
    group.tasks().forEach(task -> checkFolds(method, name, task));
    if (method.joint()) {
      checkImages(method, name, images);
    } else {
      images.forEach((task, image) -> checkImages(method, name, Map.of(task, image)));
    }
  }

  /** Folds are dealt by image, and would train on views of what they test on. */
  private void checkFolds(MethodSettings method, String group, GroupTask task) {
    SplitSettings split = attempt(() -> configuration.splitOf(task.dataset()));
    if (method.settings() instanceof MtalSettings mtal
        && mtal.groups() != null
        && mtal.groups().isAuto()
        && split != null
        && split.object() != null) {
      add(
          "Invalid groups of method %s: auto in group %s, whose task %s is split by object"
              .formatted(method.label(), group, task.name()),
          "must be named, or split without object",
          "methods",
          method.label(),
          "groups");
    }
  }

  /** Shapes of the tasks' images, by task, as far as their datasets are known. */
  private Map<String, ImageShape> images(GroupSettings group) {
    Map<String, ImageShape> images = new LinkedHashMap<>();
    for (GroupTask task : group.tasks()) {
      DatasetSettings dataset = configuration.datasets().get(task.dataset());
      if (dataset != null) {
        images.put(
            task.name(),
            new ImageShape(dataset.size().height(), dataset.size().width(), dataset.channels()));
      }
    }
    return images;
  }

  /** Whether a column of these images can be made of the auxiliary network, or be held to it. */
  private void checkAgainstAuxiliary(
      MethodSettings method, String group, String task, ImageShape image) {
    DatasetSettings auxiliary =
        configuration.auxiliary() == null
            ? null
            : configuration.datasets().get(configuration.auxiliary().datasets().get(0));
    if (auxiliary == null) {
      return;
    }
    // A grey column takes a colour network's first kernels summed; colour cannot be made of grey.
    if (takesItsKernels(method) && auxiliary.channels() < image.channels()) {
      add(
          "Invalid start of method %s: task %s of group %s has %d channels, and the auxiliary network %d"
              .formatted(method.label(), task, group, image.channels(), auxiliary.channels()),
          "must be no more channels than the auxiliary datasets have, or start: scratch",
          "groups",
          group,
          "tasks");
    }
    // Columns that start from the auxiliary network are pooled to its grid; others keep theirs.
    boolean ofItsSize =
        auxiliary.size().height() == image.height() && auxiliary.size().width() == image.width();
    // A residual network pools all of its image into one.
    if (!method.startsFromAuxiliary()
        && aligns(method)
        && !method.backbone().residual()
        && !ofItsSize) {
      add(
          "Invalid start of method %s: task %s of group %s has images of %d × %d, and the auxiliary"
                  .formatted(method.label(), task, group, image.height(), image.width())
              + " network, which its layers are aligned with, of %d × %d"
                  .formatted(auxiliary.size().height(), auxiliary.size().width()),
          "must be the same size, start: auxiliary or alignment: none",
          "groups",
          group,
          "tasks");
    }
  }

  /** Columns that start from the auxiliary network, and closed forms of its features. */
  private static boolean takesItsKernels(MethodSettings method) {
    return method.startsFromAuxiliary() || (method.start() == null && method.needsAuxiliary());
  }

  private static boolean aligns(MethodSettings method) {
    return method.settings() instanceof DamtlSettings damtl && damtl.aligns();
  }

  private void checkImages(MethodSettings method, String group, Map<String, ImageShape> images) {
    try {
      method.type().method(method.settings()).check(images, method.backbone());
    } catch (IllegalArgumentException e) {
      binder
          .problems()
          .add(
              "Invalid group %s for method %s: %s".formatted(group, method.label(), e.getMessage()),
              Tree.placeOf(tree, "groups", group, "tasks"));
    }
  }

  /** Tasks of MTAL's prior groups that the group has not. */
  private static List<String> strangers(MethodSettings method, GroupSettings group) {
    if (!(method.settings() instanceof MtalSettings mtal)
        || mtal.groups() == null
        || mtal.groups().isAuto()) {
      return List.of();
    }
    List<String> tasks = group.tasks().stream().map(GroupTask::name).toList();
    return mtal.groups().groups().stream()
        .flatMap(List::stream)
        .filter(task -> !tasks.contains(task))
        .toList();
  }

  private void addStranger(String task, MethodSettings method, String name, GroupSettings group) {
    String[] keys =
        group.methods().containsKey(method.label())
            ? new String[] {"groups", name, "methods", method.label(), "groups"}
            : new String[] {"methods", method.label(), "groups"};
    add(
        "Unknown task `%s` in groups of method %s: group %s has none of this name"
            .formatted(task, method.label(), name),
        NearestName.remedy(task, group.tasks().stream().map(GroupTask::name).toList()),
        keys);
  }

  private static String reason(MethodSettings method) {
    return method.startsFromAuxiliary()
        ? "starts from the auxiliary network"
        : "reads the auxiliary network";
  }

  private void checkPaper(PaperSettings paper) {
    Set<String> tasks = new LinkedHashSet<>();
    groups()
        .forEach(
            (name, group) ->
                group.tasks().forEach(task -> tasks.add(PaperSettings.taskOf(name, task.name()))));
    paper.columns().keySet().forEach(task -> checkPaperName("task", task, tasks, "columns", task));
    paper
        .rows()
        .keySet()
        .forEach(
            label ->
                checkPaperName(
                    "method label", label, configuration.methods().keySet(), "rows", label));
    paper
        .substitutes()
        .keySet()
        .forEach(task -> checkPaperName("task", task, tasks, "substitutes", task));
    if (paper.table() != null) {
      checkPaperName("table", paper.table(), PublishedTables.names(), "table");
    } else if (!paper.rows().isEmpty()) {
      add(
          "Invalid paper.rows: %s".formatted(paper.rows().keySet()),
          "must be rows of a table; name it, as in table: DAMTL Table 4",
          "paper",
          "rows");
    }
    paper.published().ifPresent(table -> checkPaper(paper, table));
  }

  private void checkPaper(PaperSettings paper, PublishedTable table) {
    paper
        .columns()
        .forEach(
            (task, column) ->
                checkPaperName(
                    "column of " + paper.table(), column, table.columns(), "columns", task));
    paper
        .rows()
        .forEach(
            (label, row) ->
                checkPaperName(
                    "row of " + paper.table(), row, table.rows().keySet(), "rows", label));
  }

  private void checkPaperName(String what, String name, Collection<String> known, String... keys) {
    if (!known.contains(name)) {
      String[] path = Stream.concat(Stream.of("paper"), Stream.of(keys)).toArray(String[]::new);
      add("Unknown %s `%s` in paper".formatted(what, name), NearestName.remedy(name, known), path);
    }
  }

  private <T> T attempt(Supplier<T> value) {
    try {
      return value.get();
    } catch (MisplacedException e) {
      binder.problems().refuse(e.problems());
      return null;
    }
  }

  private void add(String what, String remedy, String... keys) {
    binder.problems().add(what, Tree.placeOf(tree, keys), remedy);
  }
}
