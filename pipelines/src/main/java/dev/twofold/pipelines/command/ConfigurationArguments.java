package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.plan.Stage;
import dev.twofold.pipelines.run.Versions;
import dev.twofold.pipelines.run.Workdir;
import dev.twofold.pipelines.sample.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command that reads a configuration takes. */
final class ConfigurationArguments {

  @Parameters(paramLabel = "CONFIG", description = "Configuration, such as conf/quickstart.yaml.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration: --set training.steps=100.")
  private List<String> overrides = List.of();

  @Option(
      names = "--workdir",
      paramLabel = "DIR",
      description = "Where artifacts and runs go; overrides `workdir:`.")
  private Path workdir;

  @Option(
      names = "--force",
      paramLabel = "STAGE",
      description = "Makes a stage again (${COMPLETION-CANDIDATES}), beside what is there.")
  private List<Stage> forced = List.of();

  @Option(
      names = "--fresh",
      description = "Trains everything anew, beside what is there; datasets are reused.")
  private boolean fresh;

  /** The configuration, with its overrides. */
  Experiment experiment() {
    List<String> all = new ArrayList<>(overrides);
    if (workdir != null) {
      all.add("workdir=" + workdir);
    }
    return new ConfigurationReader(System.getenv()).read(file, all);
  }

  /**
   * What is to be done; writes the sample data where the configuration reads it and it is missing.
   */
  Plan plan(Experiment experiment) throws IOException {
    Workdir.check(Planner.workdir(experiment));
    SampleSource.writeIfMissing(experiment.configuration(), System.err::println);
    Set<Stage> stages = forced.isEmpty() ? Set.of() : EnumSet.copyOf(forced);
    PlanOptions options = PlanOptions.usual().withForced(stages);
    Planner planner = new Planner(Versions.tensorflow());
    if (fresh) {
      options = options.withAttempt(planner.freshAttempt(experiment, options));
    }
    return planner.plan(experiment, options);
  }
}
