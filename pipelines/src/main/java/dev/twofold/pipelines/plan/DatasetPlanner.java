package dev.twofold.pipelines.plan;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.ClassChoice;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.DatasetSettings;
import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.pipelines.configuration.Layout;
import dev.twofold.pipelines.configuration.NearestName;
import dev.twofold.pipelines.configuration.Place;
import dev.twofold.pipelines.configuration.Problem;
import dev.twofold.pipelines.configuration.SplitSettings;
import dev.twofold.pipelines.configuration.SweepPoint;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.IngestPlan;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.Ingestion;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.sources.ClassSelection;
import dev.twofold.transforms.sources.SourceDigest;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Datasets with their classes and keys, known before ingestion from the names of their files. One a
 * command: of each source it has one digest, and of each layout one listing, at whatever sizes, and
 * for however many plans, they are read. It keeps counts of them, and no list of files.
 */
final class DatasetPlanner {
  private final Path workdir;
  private final SourceDigest digest;
  private final Map<Map<String, Object>, IngestPlan.Inspection> inspections = new LinkedHashMap<>();
  private final Map<IngestRequest, Keyed> keyed = new LinkedHashMap<>();

  DatasetPlanner(Path workdir) {
    this.workdir = workdir;
    this.digest = new SourceDigest(workdir);
  }

  /** A request with its key, and what was hashed into it. */
  private record Keyed(IngestRequest request, Map<String, Object> inputs) {}

  /**
   * A dataset whose source has been looked at.
   *
   * @param request with its key
   * @param keyInputs what was hashed into the key
   * @param all classes of the source with their number of files
   * @param classes the chosen ones, sorted
   */
  record Listed(
      String name,
      IngestRequest request,
      Map<String, Object> keyInputs,
      SortedMap<String, Integer> all,
      Map<String, Integer> splits,
      List<String> classes) {

    /** Digest of the source, wherever it lies. */
    String source() {
      return keyInputs.get("source").toString();
    }

    /** All of them, damaged files included. */
    long images() {
      return counts().values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Files of each chosen class, within the limit. */
    Map<String, Integer> counts() {
      Map<String, Integer> counts = new LinkedHashMap<>();
      int limit = request.limit() == 0 ? Integer.MAX_VALUE : request.limit();
      classes.forEach(name -> counts.put(name, Math.min(limit, all.get(name))));
      return counts;
    }
  }

  /**
   * Looks at the source, and at the dataset where it is made already.
   *
   * @throws ConfigurationException when the source lacks a class that the configuration names, or
   *     the source split that one side would be made of
   * @throws dev.twofold.transforms.sources.DataRefusedException when the source cannot be read, has
   *     two classes of the name of a chosen one, or too much of the dataset is lost
   */
  Listed list(SweepPoint point, String name) {
    DatasetSettings settings = point.configuration().datasets().get(name);
    IngestRequest request = request(point, name, settings);
    IngestPlan.Inspection inspection = inspect(request);
    SortedMap<String, Integer> all = inspection.classes();
    refuseUnknownClasses(point, name, settings.classes(), all);
    refuseUnclearSplit(point, name, inspection);
    refuseEmptySides(point, name, inspection);
    List<String> classes =
        request.selection().choose(name, new TreeSet<>(all.keySet()), inspection.namesakes());
    Keyed known = keyed.computeIfAbsent(request, this::keyed);
    return new Listed(name, known.request(), known.inputs(), all, inspection.splits(), classes);
  }

  /** A run that has all of its trials ingests nothing, and must be refused all the same. */
  private Keyed keyed(IngestRequest request) {
    Map<String, Object> inputs = request.keyInputs(digest);
    IngestRequest keyed = request.withKey(StageKey.of(Stage.INGEST.label(), inputs).hex());
    Ingestion.refuseIfTooMuchIsLost(keyed);
    return new Keyed(keyed, inputs);
  }

  private IngestPlan.Inspection inspect(IngestRequest request) {
    Map<String, Object> source =
        Map.of(
            "source", request.source(),
            "layout", request.layout(),
            "classNames", request.classNames());
    return inspections.computeIfAbsent(source, key -> IngestPlan.inspect(request, digest));
  }

  private IngestRequest request(SweepPoint point, String name, DatasetSettings settings) {
    ClassChoice choice = settings.classes();
    boolean drawn = choice != null && choice.count() != null;
    long seed = settings.seed() == null ? point.configuration().seed() : settings.seed();
    return new IngestRequest(
        name,
        absolute(settings.source()),
        settings.layout() == Layout.LABELS
            ? labels(settings.labels())
            : settings.layout().toString(),
        settings.classNames() == null ? "" : absolute(settings.classNames()),
        choice == null ? List.of() : choice.names(),
        drawn ? choice.count() : 0,
        drawn ? seed : 0,
        settings.limit() == null ? 0 : settings.limit(),
        settings.size().height(),
        settings.size().width(),
        settings.channels(),
        settings.fit().toString(),
        point.configuration().data().maxDeadLetters(),
        workdir.toString(),
        "");
  }

  /**
   * The bytes that may be held of a task of so many images, where it has more; null where it is
   * held whole. Known from the names of files, so that a key can have it.
   */
  static Long streamed(Configuration configuration, ImageShape shape, long images) {
    long held = configuration.data().inMemory().bytes();
    return images * shape.size() > held ? held : null;
  }

  static String absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize().toString();
  }

  /** A label file may also stand inside of the source, under its name there. */
  private static String labels(String path) {
    return Path.of(path).toFile().exists() ? absolute(path) : path;
  }

  private static void refuseUnknownClasses(
      SweepPoint point, String name, ClassChoice choice, SortedMap<String, Integer> all) {
    if (choice != null) {
      refuseUnknownClasses(
          point, choice.names(), all.keySet(), "dataset " + name, "datasets", name, "classes");
    }
  }

  /** A published split in a label file must not be drawn anew unless somebody says so. */
  private static void refuseUnclearSplit(
      SweepPoint point, String name, IngestPlan.Inspection inspection) {
    Configuration configuration = point.configuration();
    if (configuration.datasets().get(name).layout() == Layout.LABELS
        && !inspection.splits().isEmpty()
        && !configuration.givesSplitMode(name)) {
      throw point.refusal(
          "Unclear split of dataset %s: its labels have a column split".formatted(name),
          "add split: {mode: source} to train and test by it, or {mode: hash} to draw anew",
          "datasets",
          name);
    }
  }

  /** Refuses what the source's own splits tell already: that one side would have no image. */
  private static void refuseEmptySides(
      SweepPoint point, String name, IngestPlan.Inspection inspection) {
    SplitSettings split = point.configuration().splitOf(name);
    Map<String, Integer> images = imagesBySplit(inspection);
    Set<String> wanted = new TreeSet<>(images.keySet());
    if (!split.only().isEmpty()) {
      wanted.retainAll(split.only());
    }
    boolean bySource = split.mode() == Split.Mode.SOURCE;
    String lacking = null;
    if (wanted.isEmpty()) {
      lacking = "be used";
    } else if (bySource && Split.HELD_OUT.containsAll(wanted)) {
      lacking = "train";
    } else if (bySource
        && split.validation() == null
        && Collections.disjoint(Split.HELD_OUT, wanted)) {
      lacking = "test";
    }
    if (lacking != null) {
      throw point.refusal(
          "No image of dataset %s would %s with split.mode %s%s"
              .formatted(
                  name,
                  lacking,
                  EffectiveConfiguration.plain(split.mode()),
                  split.only().isEmpty() ? "" : " and split.only " + split.only()),
          "its source has " + described(images),
          "datasets",
          name,
          "split");
    }
  }

  private static String described(Map<String, Integer> images) {
    return images.entrySet().stream()
        .map(
            split ->
                "%d images in %s"
                    .formatted(
                        split.getValue(), split.getKey().isEmpty() ? "no split" : split.getKey()))
        .collect(Collectors.joining(", "));
  }

  /** Images of each split of the source; those that are in none are in the split of no name. */
  private static Map<String, Integer> imagesBySplit(IngestPlan.Inspection inspection) {
    Map<String, Integer> images = new TreeMap<>(inspection.splits());
    int all = inspection.classes().values().stream().mapToInt(Integer::intValue).sum();
    int inSplits = images.values().stream().mapToInt(Integer::intValue).sum();
    if (all > inSplits) {
      images.put("", all - inSplits);
    }
    return images;
  }

  /**
   * Refuses names that are no classes.
   *
   * @param of what lacks them
   * @param keys under which they are named
   */
  static void refuseUnknownClasses(
      SweepPoint point,
      Collection<String> names,
      Collection<String> known,
      String of,
      String... keys) {
    Place place = point.places().of(keys);
    List<Problem> problems =
        names.stream().flatMap(name -> unknownClass(name, known, of, place).stream()).toList();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /** What is wrong with a name that is no class; empty when it is one. */
  static Optional<Problem> unknownClass(
      String name, Collection<String> known, String of, Place place) {
    return known.contains(name)
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "Unknown class `%s` of %s".formatted(name, of),
                place,
                NearestName.remedy(name, known)));
  }

  /**
   * Refuses a task with nothing to tell apart, such as a folder of images without class folders
   * gives.
   *
   * @param of what the classes are of
   * @param keys where it is named
   */
  static void refuseFewClasses(SweepPoint point, List<String> classes, String of, String... keys) {
    if (classes.size() < 2) {
      throw point.refusal(
          "Too few classes of %s: %s".formatted(of, classes),
          "must be at least two: name more in classes, or give its source a folder or label each",
          keys);
    }
  }

  /** Names drawn, or taken as they are. */
  static List<String> choose(ClassChoice choice, List<String> from, long seed, String of) {
    ClassSelection selection =
        choice.count() == null
            ? new ClassSelection(choice.names(), 0, 0)
            : new ClassSelection(List.of(), choice.count(), seed);
    return selection.choose(of, new TreeSet<>(from));
  }
}
