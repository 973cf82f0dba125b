package dev.twofold.pipelines.command;

import dev.twofold.pipelines.run.OutputFolder;
import dev.twofold.pipelines.sample.SampleData;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold sample}. */
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    description =
        "Writes the sample data of the quick start: a big task of many classes, and small tasks that"
            + " differ in image size, channels and label sets. The same seed gives the same bytes.%n")
final class SampleCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      defaultValue = "sample-data",
      description = "Folder to write to (default: ${DEFAULT-VALUE}).")
  private Path directory;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of every random draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws Exception {
    OutputFolder.make("Cannot write the sample data to " + directory, directory);
    SampleData.write(directory, seed, System.out::println);
    return 0;
  }
}
