package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** One score of all methods, by column and repeat. */
final class Scores {

  private final ReportData data;
  private final ToDoubleFunction<TaskResult> score;
  private final Map<Variant, List<Trial>> trials = new LinkedHashMap<>();

  Scores(ReportData data, ToDoubleFunction<TaskResult> score) {
    this.data = data;
    this.score = score;
    for (Trial trial : data.trials()) {
      trials.computeIfAbsent(Variant.of(trial.spec()), v -> new ArrayList<>()).add(trial);
    }
  }

  /** The methods in the order of the configuration. */
  List<Variant> variants() {
    return List.copyOf(trials.keySet());
  }

  /** A method's trials, in all groups. */
  List<Trial> trials(Variant variant) {
    return trials.get(variant);
  }

  /** The spread of a method's scores over the repeats that have one. */
  Spread spread(Variant variant, Column column) {
    return Spread.of(List.copyOf(byRepeat(variant, column).values()));
  }

  /** A method's scores by repeat. A mean is taken in each repeat, so its deviation is a mean's. */
  SortedMap<Integer, Double> byRepeat(Variant variant, Column column) {
    if (column.group().isEmpty()) {
      return meanOfGroups(data.groups().stream().map(group -> variant).toList());
    }
    List<String> tasks = column.isTask() ? List.of(column.task()) : data.tasksOf(column.group());
    SortedMap<Integer, Double> scores = new TreeMap<>();
    for (Trial trial : trials.get(variant)) {
      if (trial.isOf(column.group())) {
        trial
            .result()
            .filter(result -> result.tasks().keySet().containsAll(tasks))
            .ifPresent(result -> scores.put(trial.spec().repeat(), mean(result, tasks)));
      }
    }
    return scores;
  }

  private double mean(TrialResult result, List<String> tasks) {
    return tasks.stream().map(result.tasks()::get).mapToDouble(score).average().orElse(Double.NaN);
  }

  /**
   * The mean over groups of the repeats that finished in every group.
   *
   * @param variants the method to take in each group
   */
  SortedMap<Integer, Double> meanOfGroups(List<Variant> variants) {
    List<SortedMap<Integer, Double>> groups = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      Column mean = new Column(data.groups().get(i).name(), "");
      groups.add(byRepeat(variants.get(i), mean));
    }
    TreeSet<Integer> repeats = new TreeSet<>();
    groups.forEach(group -> repeats.addAll(group.keySet()));
    groups.forEach(group -> repeats.retainAll(group.keySet()));
    SortedMap<Integer, Double> means = new TreeMap<>();
    for (int repeat : repeats) {
      double sum = groups.stream().mapToDouble(group -> group.get(repeat)).sum();
      means.put(repeat, sum / groups.size());
    }
    return means;
  }
}
