package dev.twofold.pipelines.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.models.EnumNames;
import dev.twofold.models.training.Start;
import dev.twofold.transforms.training.TaskSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A plan for people and for machines. */
public final class PlanPrinter {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PlanPrinter() {}

  /** Stages, units and trials with what happens to them and why; ends with a newline. */
  public static String text(Plan plan) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s%s in %s"
            .formatted(
                plan.experiment(),
                plan.attempt() == 0 ? "" : ", fresh attempt " + plan.attempt(),
                plan.workdir()));
    section(lines, "Datasets", plan.datasets().stream().map(PlanPrinter::line).toList());
    section(lines, "Pre-training", plan.pretrainings().stream().map(PlanPrinter::line).toList());
    section(lines, "Units to train", units(plan));
    section(lines, "Trials", trials(plan));
    section(lines, "Classes that the auxiliary task has", coverage(plan));
    section(lines, "Warnings", plan.warnings().stream().map(text -> "  " + text).toList());
    lines.add("");
    lines.add(total(plan));
    return String.join("\n", lines) + "\n";
  }

  /** The plan as JSON. */
  public static String json(Plan plan) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("experiment", plan.experiment());
    json.put("attempt", plan.attempt());
    json.put("workdir", plan.workdir().toString());
    json.put("datasets", plan.datasets().stream().map(PlanPrinter::object).toList());
    json.put(
        "pretrainings",
        plan.pretrainings().stream().map(pretraining -> object(pretraining.unit())).toList());
    json.put("units", plan.units().stream().map(PlanPrinter::object).toList());
    json.put("trials", plan.trials().stream().map(PlanPrinter::object).toList());
    json.put("coverage", plan.coverage());
    json.put("warnings", plan.warnings());
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the plan as JSON", e);
    }
  }

  private static void section(List<String> lines, String title, List<String> content) {
    if (!content.isEmpty()) {
      lines.add("");
      lines.add(title);
      lines.addAll(content);
    }
  }

  private static String line(PlannedDataset dataset) {
    return line(
        dataset.decision(),
        "%s: %d classes, %d images of %dx%d"
            .formatted(
                String.join(", ", dataset.names()),
                dataset.counts().size(),
                dataset.images(),
                dataset.request().height(),
                dataset.request().width()),
        dataset.key().hex());
  }

  private static String line(PlannedPretraining pretraining) {
    PlannedUnit unit = pretraining.unit();
    return line(
        unit.decision(),
        "%s: %d classes, %s"
            .formatted(
                pretraining.run().name(),
                unit.spec().tasks().get(0).classes().size(),
                length(unit)),
        unit.key().hex());
  }

  private static String length(PlannedUnit unit) {
    var training = unit.spec().training();
    return training.epochs() == null ? training.steps() + " steps" : training.epochs() + " epochs";
  }

  private static String line(Decision decision, String what, String key) {
    return "  %-5s  %s  %s  %s"
        .formatted(action(decision), key.substring(0, 8), what, decision.reason());
  }

  private static String action(Decision decision) {
    return decision.action().name().toLowerCase(Locale.ROOT);
  }

  /** Units that differ in their repeat alone share a line. */
  private static List<String> units(Plan plan) {
    return lines(
        plan.units(),
        PlannedUnit::decision,
        unit ->
            "%s%s on %s".formatted(unit.spec().method(), start(unit.spec().start()), tasks(unit)));
  }

  private static String start(Start start) {
    return start == null ? "" : " from " + EnumNames.of(start.from());
  }

  private static String tasks(PlannedUnit unit) {
    return unit.spec().tasks().stream().map(TaskSpec::name).collect(Collectors.joining(" + "));
  }

  private static List<String> trials(Plan plan) {
    List<PlannedTrial> ordered =
        plan.trials().stream()
            .sorted(
                Comparator.comparing((PlannedTrial trial) -> trial.spec().group())
                    .thenComparing(trial -> trial.spec().label())
                    .thenComparing(trial -> trial.spec().point(), new PointOrder())
                    .thenComparing(trial -> trial.spec().repeat()))
            .toList();
    return lines(
        ordered,
        PlannedTrial::decision,
        trial ->
            "%s · %s%s"
                .formatted(
                    trial.spec().group(),
                    trial.spec().label(),
                    trial.spec().point().isEmpty() ? "" : " " + Leaves.of(trial.spec().point())));
  }

  private static <T> List<String> lines(
      List<T> items, Function<T, Decision> decision, Function<T, String> what) {
    Map<String, Integer> counted = new LinkedHashMap<>();
    for (T item : items) {
      Decision decided = decision.apply(item);
      String format =
          "  %-5s  %%d  %s  %s".formatted(action(decided), what.apply(item), decided.reason());
      counted.merge(format, 1, Integer::sum);
    }
    return counted.entrySet().stream()
        .map(line -> line.getKey().replaceFirst("%d", line.getValue() + " ×"))
        .toList();
  }

  private static List<String> coverage(Plan plan) {
    return plan.coverage().stream()
        .map(task -> "  %s · %s: %s".formatted(task.group(), task.task(), task))
        .toList();
  }

  /** What several plans come to, counting once what they share; ends with a newline. */
  public static String total(List<Plan> plans) {
    Set<String> counted = new HashSet<>();
    double work =
        plans.stream()
            .flatMap(PlanPrinter::toTrain)
            .filter(unit -> counted.add(unit.key().hex()))
            .mapToDouble(PlannedUnit::work)
            .sum();
    return "In all: %d configurations, %d trials; to train: %d units, %.2g multiply-adds%n"
        .formatted(
            plans.size(),
            plans.stream().mapToInt(plan -> plan.trials().size()).sum(),
            counted.size(),
            work);
  }

  /** Pre-trainings and units that are not there yet. */
  private static Stream<PlannedUnit> toTrain(Plan plan) {
    return Stream.concat(
            plan.pretrainings().stream().map(PlannedPretraining::unit), plan.units().stream())
        .filter(unit -> runs(unit.decision()));
  }

  private static String total(Plan plan) {
    double work = toTrain(plan).mapToDouble(PlannedUnit::work).sum();
    return "To do: %d of %d datasets, %d of %d pre-trainings, %d of %d units, %d of %d trials; %.2g multiply-adds"
        .formatted(
            plan.datasets().stream().filter(dataset -> runs(dataset.decision())).count(),
            plan.datasets().size(),
            plan.pretrainings().stream().filter(one -> runs(one.unit().decision())).count(),
            plan.pretrainings().size(),
            plan.units().stream().filter(unit -> runs(unit.decision())).count(),
            plan.units().size(),
            plan.trials().stream().filter(trial -> runs(trial.decision())).count(),
            plan.trials().size(),
            work);
  }

  private static boolean runs(Decision decision) {
    return decision.action() == Decision.Action.RUN;
  }

  private static Map<String, Object> object(Decision decision, String key) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", key);
    object.put("action", action(decision));
    object.put("reason", decision.reason());
    return object;
  }

  private static Map<String, Object> object(PlannedDataset dataset) {
    Map<String, Object> object = object(dataset.decision(), dataset.key().hex());
    object.put("names", dataset.names());
    object.put("source", dataset.request().source());
    object.put("counts", dataset.counts());
    return object;
  }

  private static Map<String, Object> object(PlannedUnit unit) {
    Map<String, Object> object = object(unit.decision(), unit.key().hex());
    object.put("inputs", unit.inputs());
    object.put("threads", unit.spec().threads());
    object.put("multiplyAdds", unit.work());
    return object;
  }

  private static Map<String, Object> object(PlannedTrial trial) {
    Map<String, Object> object = object(trial.decision(), trial.evaluation().hex());
    object.put("group", trial.spec().group());
    object.put("label", trial.spec().label());
    object.put("method", trial.spec().method());
    object.put("point", trial.spec().point());
    object.put("repeat", trial.spec().repeat());
    object.put("units", trial.spec().units());
    object.put("run", trial.run().folder());
    object.put("parameters", trial.parameters());
    return object;
  }
}
