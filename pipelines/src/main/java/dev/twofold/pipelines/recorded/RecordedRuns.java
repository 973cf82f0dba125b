package dev.twofold.pipelines.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.pipelines.configuration.NearestName;
import dev.twofold.tracking.RunDescription;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The runs of a workdir, found by what a person knows of them: the folder; the key, with or without
 * the experiment before it; the name that MLflow shows, written {@code mtal/pair/1}; a row of the
 * result table, {@code mtal/pair} or {@code mtal (threshold = 0.4)/pair}, for all of its repeats;
 * or the beginning of one of these that no other run has. {@code EXPERIMENT/mtal/pair} looks among
 * the runs of that experiment, {@code summary-…/mtal/pair} among the trials of that summary alone.
 * Of several runs of a name those are meant that finished.
 *
 * <p>A trial has the name that the latest summary about it has for it, since a sweep laid over what
 * was there before gives it another row; and its first one, which MLflow keeps.
 */
public final class RecordedRuns {
  /** Beside the summary's run.json: keys of the runs of its trials, and their names. */
  private static final String TRIALS = "trials.json";

  /** A name that ends in the number of a repeat. */
  private static final Pattern REPEAT = Pattern.compile(".+/\\d+");

  private static final int LISTED = 8;

  private final Path workdir;

  /** By their names in MLflow. */
  private final List<RunDescription> all = new ArrayList<>();

  /** Key → the name that the latest summary has for it. */
  private final Map<String, String> latest = new HashMap<>();

  /** All runs that a workdir describes. */
  public RecordedRuns(Path workdir) throws IOException {
    this.workdir = workdir;
    for (Path folder : RunDescription.findAll(workdir)) {
      all.add(RunDescription.read(folder));
    }
    List<RunDescription> summaries =
        all.stream()
            .filter(run -> run.kind().equals("summary"))
            .sorted(Comparator.comparing(RunDescription::key)) // in the order of time
            .toList();
    for (RunDescription summary : summaries) {
      readTrials(summary.folder()).forEach(latest::put);
    }
  }

  private static RunDescription named(RunDescription run, Map<String, String> names) {
    String name = names.getOrDefault(run.key(), "");
    return name.isEmpty() ? run : run.withName(name);
  }

  /** Each run as its latest summary calls it, and as MLflow does where that is another name. */
  private List<RunDescription> called() {
    return Stream.concat(all.stream().map(run -> named(run, latest)), all.stream())
        .distinct()
        .toList();
  }

  /**
   * Notes which trials a summary is about.
   *
   * @param names by key
   */
  public static void writeTrials(Path summary, Map<String, String> names) throws IOException {
    DurableFiles.replace(summary.resolve(TRIALS), TrainingJson.MAPPER.writeValueAsBytes(names));
  }

  /**
   * What a summary's folder notes; nothing where it notes nothing.
   *
   * @return the names by key; empty ones where it is a list of keys, as it once was
   */
  public static Map<String, String> readTrials(Path summary) throws IOException {
    Path file = summary.resolve(TRIALS);
    if (!Files.exists(file)) {
      return Map.of();
    }
    JsonNode json = TrainingJson.MAPPER.readTree(Files.readAllBytes(file));
    Map<String, String> names = new LinkedHashMap<>();
    if (json.isArray()) {
      json.forEach(key -> names.put(key.asText(), ""));
    } else {
      json.properties().forEach(trial -> names.put(trial.getKey(), trial.getValue().asText()));
    }
    return names;
  }

  /**
   * The one run of this name.
   *
   * @throws UnknownRunException when it is none's, or that of several
   */
  public RecordedRun one(String text) throws IOException {
    List<RecordedRun> runs = runs(text);
    if (runs.size() == 1) {
      return runs.get(0);
    }
    List<RecordedRun> finished = runs.stream().filter(RecordedRun::isFinished).toList();
    if (finished.size() != 1) {
      throw ambiguous(text, runs.stream().map(RecordedRun::description).toList());
    }
    return finished.get(0);
  }

  /**
   * The run of this name, or the repeats of the row of this name, in their order.
   *
   * @throws UnknownRunException when it is none's, or that of several
   */
  public List<RecordedRun> runs(String text) throws IOException {
    if (Files.exists(Path.of(text).resolve("run.json"))) {
      RunDescription run = RunDescription.read(Path.of(text).toRealPath());
      return List.of(RecordedRun.read(workdirOf(run), run));
    }
    List<RecordedRun> runs = new ArrayList<>();
    for (RunDescription found : find(text)) {
      runs.add(RecordedRun.read(workdir, found));
    }
    runs.sort(Comparator.comparingInt(RecordedRun::repeat));
    return runs;
  }

  /** The trials that a summary is about; empty where it does not say. */
  public List<RecordedRun> trials(RecordedRun summary) throws IOException {
    if (!summary.workdir().equals(workdir)) {
      return new RecordedRuns(summary.workdir()).trials(summary);
    }
    List<RecordedRun> trials = new ArrayList<>();
    for (RunDescription trial : trials(summary.description())) {
      trials.add(RecordedRun.read(workdir, trial));
    }
    return trials;
  }

  private List<RunDescription> trials(RunDescription summary) throws IOException {
    Map<String, String> names = readTrials(summary.folder());
    return all.stream()
        .filter(run -> names.containsKey(run.key()))
        .map(run -> named(run, names))
        .toList();
  }

  /** The one that the run's own logs lie in; for a folder taken out of its workdir, ours. */
  private Path workdirOf(RunDescription run) {
    for (String name : run.logs()) {
      Path log = run.folder().resolve(Path.of(name).getFileName());
      if (log.endsWith(name)) {
        Path above = log.getRoot();
        return above.resolve(log.subpath(0, log.getNameCount() - Path.of(name).getNameCount()));
      }
    }
    return workdir;
  }

  private List<RunDescription> find(String text) throws IOException {
    for (RunDescription summary : all) {
      String within = id(summary) + "/";
      if (summary.kind().equals("summary") && text.startsWith(within)) {
        String rest = text.substring(within.length());
        String experiment = summary.experiment() + "/";
        return find(
            text,
            rest.startsWith(experiment) ? rest.substring(experiment.length()) : rest,
            trials(summary));
      }
    }
    if (answering(text, called()).isEmpty()) {
      for (String experiment : experiments()) {
        if (text.startsWith(experiment + "/")) {
          return find(
              text,
              text.substring(experiment.length() + 1),
              called().stream().filter(run -> run.experiment().equals(experiment)).toList());
        }
      }
    }
    return find(text, text, called());
  }

  private List<String> experiments() {
    return all.stream().map(RunDescription::experiment).distinct().toList();
  }

  private List<RunDescription> find(String asked, String text, List<RunDescription> among)
      throws IOException {
    List<RunDescription> found = answering(text, among);
    if (found.isEmpty()) {
      throw unknown(asked, among);
    }
    if (areRepeats(found)) {
      return found;
    }
    List<RunDescription> finished = finished(found);
    if (finished.isEmpty() || !areRepeats(finished)) {
      throw ambiguous(text, found);
    }
    return finished;
  }

  /** In the first of these ways in which any run answers to the name. */
  private static List<RunDescription> answering(String text, List<RunDescription> among) {
    String words = words(text);
    String inTable = words(TableRow.plain(text));
    List<Predicate<RunDescription>> ways =
        List.of(
            run -> run.key().equals(text) || id(run).equals(text),
            run -> words(run.name()).equals(words),
            run -> words(row(run)).equals(words),
            run -> TableRow.of(run).names().anyMatch(name -> words(name).equals(inTable)),
            run -> run.key().startsWith(text) || id(run).startsWith(text),
            run -> words(run.name()).startsWith(words),
            run -> TableRow.of(run).names().anyMatch(name -> words(name).startsWith(inTable)));
    return ways.stream()
        .map(way -> once(among.stream().filter(way)))
        .filter(runs -> !runs.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  /** By the first of their names. */
  private static List<RunDescription> once(Stream<RunDescription> runs) {
    Map<String, RunDescription> byKey = new LinkedHashMap<>();
    runs.forEach(run -> byKey.putIfAbsent(run.key(), run));
    return List.copyOf(byKey.values());
  }

  private List<RunDescription> finished(List<RunDescription> runs) throws IOException {
    List<RunDescription> finished = new ArrayList<>();
    for (RunDescription run : runs) {
      if (RecordedRun.read(workdir, run).isFinished()) {
        finished.add(run);
      }
    }
    return finished;
  }

  private static boolean areRepeats(List<RunDescription> runs) {
    boolean oneRow =
        runs.stream().map(run -> run.experiment() + "/" + row(run)).distinct().count() == 1;
    return oneRow
        && new HashSet<>(runs.stream().map(RunDescription::name).toList()).size() == runs.size();
  }

  /** The key without the experiment. */
  private static String id(RunDescription run) {
    return run.key().substring(run.key().indexOf('/') + 1);
  }

  /** A trial's name without its repeat. */
  public static String row(RunDescription run) {
    int last = run.name().lastIndexOf(" · ");
    return run.kind().equals("trial") && last > 0 ? run.name().substring(0, last) : run.name();
  }

  /** Neither keyboard nor shell likes the separators of names. */
  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s/·]+", " ").strip();
  }

  private UnknownRunException unknown(String text, List<RunDescription> among) {
    boolean repeat = REPEAT.matcher(text).matches();
    List<String> known = among.stream().map(run -> known(run, repeat)).distinct().toList();
    return new UnknownRunException(
        "Unknown run `%s` in %s (%s)".formatted(text, workdir, NearestName.remedy(text, known)));
  }

  private static String known(RunDescription run, boolean repeat) {
    if (run.kind().equals("summary")) {
      return id(run);
    }
    TableRow row = TableRow.of(run);
    return repeat ? row.wholeName() : row.row();
  }

  private static UnknownRunException ambiguous(String text, List<RunDescription> found) {
    String listed =
        found.stream()
            .limit(LISTED)
            .map(run -> "%s (%s)".formatted(run.key(), run.name()))
            .collect(Collectors.joining(", "));
    String more = found.size() > LISTED ? " and %d more".formatted(found.size() - LISTED) : "";
    return new UnknownRunException(
        "Ambiguous run `%s`: %s%s (name one by its key, or as %s)"
            .formatted(text, listed, more, unambiguous(text, found)));
  }

  /** Of one row, wherever it was looked for, it is the repeat that is missing. */
  private static String unambiguous(String text, List<RunDescription> found) {
    TableRow first = TableRow.of(found.get(0));
    if (areRepeats(found) && text.endsWith(first.row())) {
      return text + "/" + first.repeat();
    }
    boolean oneExperiment = found.stream().map(RunDescription::experiment).distinct().count() == 1;
    return (oneExperiment ? "SUMMARY/" : "EXPERIMENT/") + text;
  }
}
