package dev.twofold.pipelines.run;

import dev.twofold.pipelines.plan.Leaves;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedPretraining;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrialSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a plan's units are called while they train. */
final class UnitNames {
  private final Plan plan;

  UnitNames(Plan plan) {
    this.plan = plan;
  }

  /**
   * {@code 7 mtal · threshold 0.4 · 2 · grey+colour}: label, point of the sweep and repeat, each
   * where it tells units apart, and at the end, where a narrow terminal cuts, the tasks.
   *
   * @param number of the unit in this run: no other unit has it
   */
  String of(PlannedUnit unit, int number) {
    List<TrialSpec> trials =
        plan.trials().stream()
            .map(PlannedTrial::spec)
            .filter(trial -> trial.units().contains(unit.key().hex()))
            .toList();
    return number + " " + (trials.isEmpty() ? pretraining(unit) : name(unit, trials));
  }

  private String pretraining(PlannedUnit unit) {
    return plan.pretrainings().stream()
        .filter(pretraining -> pretraining.unit().key().equals(unit.key()))
        .map(PlannedPretraining::run)
        .map(run -> run.name())
        .findFirst()
        .orElseThrow();
  }

  private String name(PlannedUnit unit, List<TrialSpec> trials) {
    TrialSpec first = trials.get(0);
    List<String> parts = new ArrayList<>(List.of(first.label()));
    if (trials.stream().map(TrialSpec::point).distinct().count() == 1) {
      parts.addAll(Leaves.ofPoint(first.point()));
    }
    if (plan.trials().stream().anyMatch(trial -> trial.spec().repeat() > 1)) {
      parts.add(Integer.toString(first.repeat()));
    }
    parts.add(unit.spec().tasks().stream().map(TaskSpec::name).collect(Collectors.joining("+")));
    return String.join(" · ", parts);
  }
}
