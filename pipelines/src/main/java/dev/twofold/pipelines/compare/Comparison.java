package dev.twofold.pipelines.compare;

import dev.twofold.pipelines.recorded.RecordedRun;
import dev.twofold.pipelines.recorded.RecordedRuns;
import dev.twofold.pipelines.report.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What differs between runs, and nothing else.
 *
 * @param sides what is compared; the first is what the others are held against
 * @param data the tasks' datasets
 * @param context what is not in a key: versions, machine, invocation
 */
public record Comparison(
    List<Compared> sides,
    List<Difference> parameters,
    List<Difference> data,
    List<Difference> context,
    List<Measured> metrics) {

  /**
   * One side.
   *
   * @param keys of its runs
   * @param started milliseconds since the epoch
   * @param notes what a reader must know of it
   */
  public record Compared(String name, List<String> keys, long started, List<String> notes) {}

  /**
   * A setting that is not the same everywhere.
   *
   * @param values a side each; null where it has none
   */
  public record Difference(String name, List<String> values) {}

  /**
   * A metric that is not the same everywhere.
   *
   * @param values over repeats, a side each
   * @param differences of each side to the first, paired by repeat: mean and sample deviation of
   *     the repeats' differences; a side each, the first side's left out
   */
  public record Measured(String name, List<Spread> values, List<Spread> differences) {

    /** A side that lacks the metric, or any of whose repeats is not as the first side's. */
    boolean differs() {
      Spread same = new Spread(values.get(0).n(), 0, values.get(0).n() < 2 ? Double.NaN : 0);
      return !differences.stream().allMatch(same::equals);
    }
  }

  /**
   * Compares what these names stand for.
   *
   * @throws IncomparableException when one has not finished, or two have nothing in common
   * @throws dev.twofold.pipelines.recorded.UnknownRunException when a name is no run's
   */
  public static Comparison of(List<String> names, RecordedRuns runs) throws IOException {
    List<List<RecordedRun>> named = new ArrayList<>();
    for (String name : names) {
      named.add(runs.runs(name));
    }
    List<Side> sides = new ArrayList<>();
    for (List<RecordedRun> run : named) {
      sides.add(Side.of(run, runs));
    }
    sides.subList(1, sides.size()).forEach(side -> check(sides.get(0), side));
    return new Comparison(
        sides.stream()
            .map(side -> new Compared(side.name(), side.keys(), side.started(), side.notes()))
            .toList(),
        differences(sides, Side::parameters),
        differences(sides, Side::data),
        differences(sides, Side::context),
        metrics(sides));
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return parameters.isEmpty() && data.isEmpty() && context.isEmpty() && metrics.isEmpty();
  }

  private static void check(Side first, Side other) {
    if (first.kind() != other.kind()) {
      throw incomparable(
          first, other, "one is %s, the other %s".formatted(first.kind(), other.kind()));
    }
    Set<String> common = new TreeSet<>(first.tasks());
    common.retainAll(other.tasks());
    if (common.isEmpty()) {
      throw incomparable(
          first,
          other,
          "they have no task in common: one has %s, the other %s"
              .formatted(String.join(", ", first.tasks()), String.join(", ", other.tasks())));
    }
    boolean paired =
        first.metrics().keySet().stream()
            .filter(other.metrics()::containsKey)
            .anyMatch(name -> !paired(name, first, other).isEmpty());
    if (!paired) {
      throw incomparable(first, other, "no metric of a repeat of one is in the other");
    }
  }

  private static IncomparableException incomparable(Side first, Side other, String reason) {
    return new IncomparableException(
        "Cannot compare %s and %s: %s".formatted(first.name(), other.name(), reason));
  }

  private static List<Difference> differences(
      List<Side> sides, Function<Side, Map<String, String>> of) {
    List<Difference> differences = new ArrayList<>();
    for (String name : names(sides, of)) {
      List<String> values = new ArrayList<>();
      sides.forEach(side -> values.add(of.apply(side).get(name)));
      if (values.stream().anyMatch(value -> !Objects.equals(value, values.get(0)))) {
        differences.add(new Difference(name, values));
      }
    }
    return differences;
  }

  private static Set<String> names(List<Side> sides, Function<Side, ? extends Map<String, ?>> of) {
    Set<String> names = new TreeSet<>();
    sides.forEach(side -> names.addAll(of.apply(side).keySet()));
    return names;
  }

  /** Results of the test side first. */
  private static List<Measured> metrics(List<Side> sides) {
    List<Measured> metrics = new ArrayList<>();
    names(sides, Side::metrics).stream()
        .sorted(
            Comparator.comparing((String name) -> !name.contains("test_accuracy/"))
                .thenComparing(Comparator.naturalOrder()))
        .map(name -> measured(name, sides))
        .filter(Measured::differs)
        .forEach(metrics::add);
    return metrics;
  }

  private static Measured measured(String name, List<Side> sides) {
    return new Measured(
        name,
        sides.stream().map(side -> Spread.of(List.copyOf(repeats(name, side).values()))).toList(),
        sides.stream().skip(1).map(side -> Spread.of(paired(name, sides.get(0), side))).toList());
  }

  private static Map<Integer, Double> repeats(String metric, Side side) {
    return side.metrics().getOrDefault(metric, Map.of());
  }

  /** Differences of the repeats that both have; of two single trials, whatever their repeats. */
  private static List<Double> paired(String metric, Side first, Side other) {
    Map<Integer, Double> ones = repeats(metric, first);
    Map<Integer, Double> others = repeats(metric, other);
    if (first.single() && other.single() && ones.size() == 1 && others.size() == 1) {
      return List.of(others.values().iterator().next() - ones.values().iterator().next());
    }
    return ones.keySet().stream()
        .filter(others::containsKey)
        .map(repeat -> others.get(repeat) - ones.get(repeat))
        .toList();
  }
}
