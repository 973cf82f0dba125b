package dev.twofold.pipelines.configuration;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.TrainingSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A {@code conf/*.yaml}: which methods learn which tasks, from which data. While it is checked, a
 * dataset or a group that refuses its own values is null.
 *
 * @param name of the experiment, also in MLflow
 * @param workdir where everything goes, relative to the current directory
 * @param seed that all other seeds are drawn from
 * @param repeats of every trial, each with its own seed
 * @param split which images train and which test
 * @param data how datasets are made and held
 * @param datasets by name
 * @param auxiliary the big task whose network columns start from
 * @param backbone the network of one column
 * @param groups tasks that are learned together, by name
 * @param methods by label; a label that is no registered name says which method it is
 * @param sweep dotted keys to lists of values: every combination is tried; those under {@code zip}
 *     side by side
 * @param training keys laid over every preset's training, below a method's own
 * @param workers where and how wide units train
 * @param tracking which MLflow server shows the runs
 * @param keepModels whose models stay on disk after their evaluation
 * @param paper which published table the report sets beside the results
 */
public record Configuration(
    @Required String name,
    String workdir,
    Long seed,
    Integer repeats,
    Overlay<SplitSettings> split,
    DataSettings data,
    @Required Map<String, DatasetSettings> datasets,
    AuxiliarySettings auxiliary,
    Overlay<BackboneSettings> backbone,
    @Required Map<String, GroupSettings> groups,
    @Required Map<String, MethodEntry> methods,
    SweepSettings sweep,
    Overlay<TrainingSettings> training,
    WorkerSettings workers,
    TrackingSettings tracking,
    KeepModels keepModels,
    PaperSettings paper) {

  /** Where everything goes unless told otherwise. */
  public static final String WORKDIR = "twofold-work";

  public Configuration {
    workdir = workdir == null ? WORKDIR : workdir;
    seed = seed == null ? 1 : seed;
    repeats = repeats == null ? 5 : repeats;
    data = data == null ? new DataSettings(null, null) : data;
    datasets = ordered(datasets);
    groups = ordered(groups);
    methods = ordered(methods);
    sweep = sweep == null ? SweepSettings.NONE : sweep;
    workers = workers == null ? new WorkerSettings(null, null, null, null, null) : workers;
    tracking = tracking == null ? new TrackingSettings(null, null, null, null) : tracking;
    keepModels = keepModels == null ? KeepModels.FIRST : keepModels;
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** The network of one column, defaults filled in. */
  public BackboneSettings effectiveBackbone() {
    return effectiveBackbone(backbone);
  }

  /** One network for all columns, so the largest images decide how a ResNet begins. */
  BackboneSettings effectiveBackbone(Overlay<BackboneSettings> given) {
    BackboneSettings settings = given.create();
    return given.gives("stem") ? settings : settings.forImagesOf(largestImage());
  }

  private int largestImage() {
    return datasets.values().stream()
        .filter(Objects::nonNull)
        .map(DatasetSettings::size)
        .mapToInt(size -> Math.max(size.height(), size.width()))
        .max()
        .orElse(0);
  }

  /** The split that datasets have unless they say otherwise. */
  public SplitSettings effectiveSplit() {
    return split.over(SplitSettings.DEFAULT);
  }

  /** A dataset's split, defaults filled in. */
  public SplitSettings splitOf(String dataset) {
    return datasets.get(dataset).effectiveSplit(effectiveSplit());
  }

  /** Whether the configuration says which images of a dataset train, not the defaults. */
  public boolean givesSplitMode(String dataset) {
    return split.gives("mode") || datasets.get(dataset).split().gives("mode");
  }

  /** A method as it is where no group says otherwise. */
  public MethodSettings method(String label) {
    return resolve(resolver -> resolver.resolve(label));
  }

  /** A method as the group trains it. */
  public MethodSettings method(String group, String label) {
    return resolve(resolver -> resolver.resolve(group, label));
  }

  private MethodSettings resolve(Function<MethodResolver, Optional<MethodSettings>> resolution) {
    Problems problems = new Problems();
    Binder binder = new Binder(Forms.ALL, problems);
    Optional<MethodSettings> method = resolution.apply(new MethodResolver(this, binder));
    problems.throwIfAny();
    return method.orElseThrow();
  }
}
