package dev.twofold.pipelines.command;

import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanPrinter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twofold plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Says for every stage and trial whether `run` would reuse or make it, and why: which key of"
            + " the configuration, which source, which input changed.%n")
final class PlanCommand implements Callable<Integer> {

  @Mixin private ConfigurationArguments configuration;

  @Option(names = "--json", description = "The plan as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Plan plan = configuration.plan(configuration.experiment());
    System.out.println(json ? PlanPrinter.json(plan) : PlanPrinter.text(plan));
    return 0;
  }
}
