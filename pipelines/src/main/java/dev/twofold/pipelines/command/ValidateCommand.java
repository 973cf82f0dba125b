package dev.twofold.pipelines.command;

import dev.twofold.pipelines.command.ConfigurationArguments.Planned;
import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description =
        "Checks configurations and the classes of their datasets, and reports their errors"
            + " together, each with its place. Trains nothing, and writes nothing but"
            + " sample data that is missing, and the digests of sources in the workdir.%n")
final class ValidateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "CONFIG", arity = "1..*", description = ConfigurationArguments.SEVERAL)
  private List<Path> files;

  @Mixin private ConfigurationArguments configuration;

  @Option(
      names = "--effective",
      description = "Prints each configuration with every default filled in.")
  private boolean effective;

  @Override
  public Integer call() throws Exception {
    configuration.forEach(files, this::print);
    return 0;
  }

  private void print(Planned planned) {
    if (effective) {
      System.out.print(EffectiveConfiguration.yaml(planned.experiment().configuration()));
    } else {
      System.out.printf(
          "Valid: %s, %d trials.%n", planned.plan().experiment(), planned.plan().trials().size());
    }
  }
}
