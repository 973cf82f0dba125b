package dev.twofold.pipelines.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.EnumNames;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedPretraining;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.WorkPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a plan gives the workers to do. */
final class Work {
  private final Plan plan;
  private final Configuration configuration;
  private final String invocation;
  private final JsonNode context;

  Work(Plan plan, Configuration configuration, String invocation, Map<String, String> versions) {
    this.plan = plan;
    this.configuration = configuration;
    this.invocation = invocation;
    Map<String, Object> all = new LinkedHashMap<>(plan.context());
    all.put("invocation", invocation);
    all.put("configuration", configuration.name());
    all.put("versions", versions);
    this.context = TrainingJson.MAPPER.valueToTree(all);
  }

  WorkPlan plan() {
    Map<String, ModelRequest.Train> units =
        plan.units().stream().collect(Collectors.toMap(unit -> unit.key().hex(), this::train));
    List<ModelRequest.Evaluate> trials =
        plan.trials().stream().map(trial -> evaluate(trial, units::get)).distinct().toList();
    return new WorkPlan(
        invocation + "-" + UUID.randomUUID(),
        plan.workdir().toString(),
        Invocation.file(invocation).toString(),
        configuration.data().inMemory().bytes(),
        new DeviceChoice(
            EnumNames.of(configuration.workers().devices()), configuration.workers().unitsPerGpu()),
        TimeUnit.MINUTES.toSeconds(configuration.workers().maxSilentMinutes()),
        plan.pretrainings().stream()
            .map(PlannedPretraining::unit)
            .filter(Work::isWanted)
            .map(this::train)
            .toList(),
        plan.units().stream()
            .filter(Work::isWanted)
            .map(unit -> units.get(unit.key().hex()))
            .toList(),
        trials);
  }

  private static boolean isWanted(PlannedUnit unit) {
    return unit.decision().action() != Decision.Action.SKIP;
  }

  private ModelRequest.Train train(PlannedUnit unit) {
    return new ModelRequest.Train(
        unit.key().hex(), unit.spec(), TrainingJson.MAPPER.valueToTree(unit.inputs()), context);
  }

  private ModelRequest.Evaluate evaluate(
      PlannedTrial trial, Function<String, ModelRequest.Train> units) {
    return new ModelRequest.Evaluate(
        trial.evaluation().hex(),
        trial.spec().units().stream().map(units).toList(),
        trial.searched(),
        TrainingJson.MAPPER.valueToTree(trial.inputs()),
        context,
        trial.keepModels());
  }
}
