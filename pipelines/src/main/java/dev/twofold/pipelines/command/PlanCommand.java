package dev.twofold.pipelines.command;

import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanPrinter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Says for every stage and trial whether `run` would reuse, make or skip it, and why: which key"
            + " of the configuration, which source, which input changed.%n")
final class PlanCommand implements Callable<Integer> {

  @Parameters(paramLabel = "CONFIG", arity = "1..*", description = ConfigurationArguments.SEVERAL)
  private List<Path> files;

  @Mixin private AttemptArguments configuration;

  @Option(names = "--json", description = "Each plan as a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<Plan> plans = new ArrayList<>();
    configuration.forEach(
        files,
        planned -> {
          plans.add(planned.plan());
          System.out.println(
              json ? PlanPrinter.json(planned.plan()) : PlanPrinter.text(planned.plan()));
        });
    if (!json && plans.size() > 1) {
      System.out.print(PlanPrinter.total(plans));
    }
    return 0;
  }
}
