package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedPretraining;
import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrialSpec;
import dev.twofold.transforms.training.UnitSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnitNamesTest {

  private static final Map<String, Object> LOW = Map.of("methods.mtal.threshold", 0.2);
  private static final Map<String, Object> HIGH = Map.of("methods.mtal.threshold", 0.4);

  private final PlannedUnit first = unit("1", "grey", "colour");
  private final PlannedUnit second = unit("2", "grey", "colour");

  @Test
  void whatThereIsOnceIsNotNamed() {
    assertThat(names(trial("mtal-low", Map.of(), 1, first)).of(first, 3))
        .isEqualTo("3 mtal-low · grey+colour");
  }

  @Test
  void pointsAndRepeatsTellUnitsApart() {
    UnitNames names = names(trial("mtal", LOW, 1, first), trial("mtal", HIGH, 2, second));
    assertThat(names.of(first, 1)).isEqualTo("1 mtal · threshold 0.2 · 1 · grey+colour");
    assertThat(names.of(second, 2)).isEqualTo("2 mtal · threshold 0.4 · 2 · grey+colour");
  }

  /** Named and ordered as in the result table. */
  @Test
  void keysThatEndAlikeAreNamedInFull() {
    Map<String, Object> point =
        Map.of(
            "training.learningRate", 0.01,
            "methods.mtal.training.learningRate", 0.02,
            "methods.mtal.threshold", 0.2);
    assertThat(names(trial("mtal", point, 1, first)).of(first, 1))
        .isEqualTo(
            "1 mtal · threshold 0.2 · methods.mtal.training.learningRate 0.02"
                + " · training.learningRate 0.01 · grey+colour");
  }

  @Test
  void aUnitOfSeveralPointsHasNone() {
    UnitNames names =
        names(trial("multi-task", LOW, 1, first), trial("multi-task", HIGH, 1, first));
    assertThat(names.of(first, 1)).isEqualTo("1 multi-task · grey+colour");
  }

  @Test
  void aPretrainingHasTheNameOfItsRun() {
    PlannedUnit network = unit("a", "auxiliary");
    PlannedRun run =
        new PlannedRun("auxiliary", "x", "x/a", "auxiliary network · 2", "runs/x/a", List.of());
    Plan plan =
        plan(
            List.of(new PlannedPretraining(network, run, Map.of())),
            List.of(trial("mtal", Map.of(), 1, first)));
    assertThat(new UnitNames(plan).of(network, 1)).isEqualTo("1 auxiliary network · 2");
  }

  private static UnitNames names(PlannedTrial... trials) {
    return new UnitNames(plan(List.of(), List.of(trials)));
  }

  private static Plan plan(List<PlannedPretraining> pretrainings, List<PlannedTrial> trials) {
    return new Plan(
        "x",
        0,
        Path.of("work"),
        List.of(),
        pretrainings,
        List.of(),
        trials,
        List.of(),
        Map.of(),
        List.of());
  }

  private static PlannedUnit unit(String key, String... tasks) {
    List<TaskSpec> specs =
        List.of(tasks).stream()
            .map(task -> new TaskSpec(task, List.of(), List.of(), null, null, Map.of(), null, null))
            .toList();
    UnitSpec spec = new UnitSpec("train", "mtal", Map.of(), null, null, null, specs, null, 1, 1);
    return new PlannedUnit(new StageKey("train", key.repeat(32)), spec, Map.of(), run(), 1);
  }

  private static PlannedTrial trial(
      String label, Map<String, Object> point, int repeat, PlannedUnit unit) {
    StageKey evaluation = new StageKey("evaluate", "e".repeat(32));
    TrialSpec spec =
        new TrialSpec(
            label,
            "mtal",
            "pair",
            point,
            repeat,
            List.of(unit.key().hex()),
            evaluation.hex(),
            true);
    return new PlannedTrial(spec, evaluation, Map.of(), Map.of(), run(), null, Map.of(), false, 1);
  }

  private static Decision run() {
    return new Decision(Decision.Action.RUN, "");
  }
}
