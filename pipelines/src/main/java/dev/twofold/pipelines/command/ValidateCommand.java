package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.pipelines.configuration.Experiment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twofold validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description =
        "Checks a configuration and the classes of its datasets, and reports every error at once"
            + " with its place. Trains and writes nothing.%n")
final class ValidateCommand implements Callable<Integer> {

  @Mixin private ConfigurationArguments configuration;

  @Option(
      names = "--effective",
      description = "Prints the configuration with every default filled in.")
  private boolean effective;

  @Override
  public Integer call() throws Exception {
    Experiment experiment = configuration.experiment();
    int trials = configuration.plan(experiment).trials().size();
    if (effective) {
      System.out.print(EffectiveConfiguration.yaml(experiment.configuration()));
    } else {
      System.out.printf("Valid: %d trials.%n", trials);
    }
    return 0;
  }
}
