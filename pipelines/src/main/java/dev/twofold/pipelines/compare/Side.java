package dev.twofold.pipelines.compare;

import dev.twofold.pipelines.plan.Leaves;
import dev.twofold.pipelines.recorded.RecordedRun;
import dev.twofold.pipelines.recorded.RecordedRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One side of a comparison: a trial, all repeats of a row of the result table, or a whole run. What
 * differs between repeats is listed in their order.
 *
 * @param single whether one trial was named, rather than a row or a run of several
 * @param keys of its runs
 * @param started of its first run, milliseconds since the epoch
 * @param metrics last values: metric → repeat → value
 * @param notes what a reader must know of it
 */
record Side(
    String name,
    Kind kind,
    boolean single,
    List<String> keys,
    long started,
    Set<String> tasks,
    Map<String, String> parameters,
    Map<String, String> data,
    Map<String, String> context,
    Map<String, Map<Integer, Double>> metrics,
    List<String> notes) {

  /** What can be compared with its like alone. */
  enum Kind {
    TRIALS("trials"),
    AUXILIARY("an auxiliary network"),
    WHOLE("a whole run");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Results of a trial that a whole run is compared by. */
  private static final List<String> RESULTS = List.of("test_accuracy/", "macro_f1/");

  /**
   * Of the run, or the repeats, that a name stands for.
   *
   * @throws IncomparableException when none of them has finished
   */
  static Side of(List<RecordedRun> named, RecordedRuns runs) throws IOException {
    RecordedRun first = named.get(0);
    if (first.description().kind().equals("summary")) {
      return whole(first, runs.trials(first));
    }
    List<RecordedRun> finished = finished(first.name(), named);
    return new Side(
        named.size() == 1 ? first.name() : RecordedRuns.row(first.description()),
        first.description().kind().equals("trial") ? Kind.TRIALS : Kind.AUXILIARY,
        named.size() == 1,
        finished.stream().map(run -> run.description().key()).toList(),
        first.started(),
        tasks(finished),
        joined(finished.stream().map(RecordedRun::parameters).toList()),
        joined(finished.stream().map(run -> data(run, "")).toList()),
        joined(finished.stream().map(Side::context).toList()),
        metrics(finished, ""),
        notes(finished.size(), named.size()));
  }

  private static Side whole(RecordedRun summary, List<RecordedRun> trials) throws IOException {
    if (summary.status().isEmpty() || summary.status().get().equals("KILLED")) {
      throw unfinished(summary.name(), summary);
    }
    List<RecordedRun> finished = finished(summary.name(), trials);
    Map<String, Map<Integer, Double>> metrics = new TreeMap<>();
    Map<String, List<RecordedRun>> rows =
        finished.stream()
            .collect(Collectors.groupingBy(run -> RecordedRuns.row(run.description())));
    rows.forEach((row, repeats) -> metrics.putAll(metrics(repeats, row + " · ")));
    metrics.keySet().removeIf(name -> RESULTS.stream().noneMatch(name::contains));
    return new Side(
        summary.name(),
        Kind.WHOLE,
        false,
        List.of(summary.description().key()),
        summary.started(),
        tasks(finished),
        configuration(summary.description().folder().resolve("configuration.yaml")),
        joined(finished.stream().map(run -> data(run, run.tags().get("group") + " · ")).toList()),
        context(summary),
        metrics,
        notes(finished.size(), trials.size()));
  }

  private static List<RecordedRun> finished(String name, List<RecordedRun> runs) {
    List<RecordedRun> finished = runs.stream().filter(RecordedRun::isFinished).toList();
    if (finished.isEmpty()) {
      throw runs.isEmpty()
          ? new IncomparableException(
              "Cannot compare %s: it does not say which trials it had".formatted(name))
          : unfinished(name, runs.get(0));
    }
    return finished;
  }

  private static IncomparableException unfinished(String name, RecordedRun run) {
    return new IncomparableException(
        "Cannot compare %s: it is %s (`twofold run` with its configuration goes on with it)"
            .formatted(name, run.status().orElse("not finished")));
  }

  private static List<String> notes(int finished, int all) {
    return finished == all
        ? List.of()
        : List.of("%d of %d trials finished".formatted(finished, all));
  }

  private static Set<String> tasks(List<RecordedRun> runs) {
    return runs.stream()
        .flatMap(run -> run.inputs().stream())
        .map(RecordedRun.Input::task)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, String> configuration(Path file) throws IOException {
    Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    return new TreeMap<>(Leaves.of(yaml));
  }

  private static Map<String, String> data(RecordedRun run, String prefix) {
    Map<String, String> data = new TreeMap<>();
    for (RecordedRun.Input input : run.inputs()) {
      data.put(
          prefix + input.task() + " · " + input.context(),
          "%d images, %d classes, %s %s"
              .formatted(input.rows(), input.classes(), input.source(), input.digest()));
    }
    return data;
  }

  private static Map<String, String> context(RecordedRun run) {
    Map<String, String> context = new TreeMap<>();
    run.tags()
        .forEach(
            (name, value) -> {
              if (name.startsWith("twofold.") && !name.equals("twofold.kind")) {
                context.put(name.substring("twofold.".length()), value);
              }
            });
    return context;
  }

  private static Map<String, Map<Integer, Double>> metrics(
      List<RecordedRun> repeats, String prefix) {
    Map<String, Map<Integer, Double>> metrics = new TreeMap<>();
    for (RecordedRun run : repeats) {
      run.metrics()
          .forEach(
              (name, value) ->
                  metrics
                      .computeIfAbsent(prefix + name, metric -> new TreeMap<>())
                      .put(run.repeat(), value));
    }
    return metrics;
  }

  private static Map<String, String> joined(List<? extends Map<String, String>> repeats) {
    Map<String, Set<String>> values = new TreeMap<>();
    for (Map<String, String> repeat : repeats) {
      repeat.forEach(
          (name, value) -> values.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(value));
    }
    Map<String, String> joined = new TreeMap<>();
    values.forEach((name, distinct) -> joined.put(name, String.join(" | ", distinct)));
    return joined;
  }
}
