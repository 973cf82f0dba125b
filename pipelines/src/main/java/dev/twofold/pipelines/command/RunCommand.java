package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.console.ProgressDisplay.Audience;
import dev.twofold.pipelines.console.Terminal;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanPrinter;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.run.Run;
import dev.twofold.pipelines.run.RunOptions;
import dev.twofold.pipelines.run.RunResult;
import dev.twofold.pipelines.run.Workdir;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Carries a configuration out: ingests its datasets, pre-trains the auxiliary network, trains"
          + " every trial, evaluates it, and logs all of it to MLflow.",
      "",
      "Reuses what is there: run it again after a fault, or with more repeats, and only what is"
          + " missing is made. `twofold plan` says beforehand what that is, and why.%n"
    })
final class RunCommand implements Callable<Integer> {

  @Parameters(paramLabel = "CONFIG", description = ConfigurationArguments.ONE)
  private Path file;

  @Mixin private AttemptArguments configuration;

  @Mixin private FlinkArguments flink;

  @Option(
      names = "--json",
      description =
          "Only JSON on standard output, an object a line: {\"event\":\"progress\", …} where"
              + " something has changed, and {\"event\":\"result\", …} at the end, with the rows of"
              + " the result table. What people read goes to standard error.")
  private boolean json;

  @Option(
      names = "--dry-run",
      description =
          "Prints the plan, with --json as `plan --json`, and does nothing else; writes what `validate`"
              + " writes.")
  private boolean dryRun;

  @Override
  public Integer call() throws Exception {
    Experiment experiment = configuration.experiment(file);
    if (!dryRun) {
      Workdir.check(Planner.workdir(experiment));
    }
    Plan plan = configuration.plan(experiment);
    if (dryRun) {
      System.out.println(json ? PlanPrinter.json(plan) : PlanPrinter.text(plan));
      return 0;
    }
    RunResult result =
        new Run(experiment, plan, new RunOptions(file, flink.master(), audience(), System.out))
            .run();
    if (!result.undelivered().isEmpty()) {
      System.err.printf(
          "twofold: %d runs are not whole on the tracking server (%s); the same command%s sends what"
              + " is still there%n",
          result.undelivered().size(), result.undelivered().get(0), otherwise(plan));
    }
    if (result.interrupted() && configuration.isForced()) {
      System.err.println("twofold: with --force it also makes again what had finished");
    }
    return code(result);
  }

  private static int code(RunResult result) {
    if (result.interrupted()) {
      return Twofold.INTERRUPTED;
    }
    if (!result.failures().isEmpty()) {
      return Twofold.FAILED;
    }
    return result.undelivered().isEmpty() ? 0 : Twofold.TRACKING;
  }

  /** How to send what is owed, and train nothing again. */
  private String otherwise(Plan plan) {
    if (configuration.isForced()) {
      return " without --force, which makes what the usual run lacks,";
    }
    return plan.attempt() == 0
        ? ""
        : " with --attempt %d in place of --fresh, or the next attempt,".formatted(plan.attempt());
  }

  private Audience audience() {
    if (json) {
      return Audience.JSON;
    }
    return CommandLine.Help.Ansi.AUTO.enabled() && Terminal.hasEscapes(System.getenv())
        ? Audience.TERMINAL
        : Audience.PLAIN;
  }
}
