package dev.twofold.pipelines.command;

import dev.twofold.pipelines.compare.Comparison;
import dev.twofold.pipelines.compare.ComparisonPrinter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twofold compare}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Prints what differs between runs, and nothing else: parameters, data, versions, then"
          + " metrics with their differences to the first run.",
      "",
      "A name without its repeat (mtal/pair) stands for all repeats: differences are then paired by"
          + " repeat, mean ± standard deviation. Two summaries (summary-…) compare whole runs, row"
          + " by row. Exit code 5: they cannot be compared, because one has not finished or they"
          + " have no task in common.%n"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  twofold compare mtal/pair damtl/pair",
      "  twofold compare mtal/pair/1 mtal/pair/2",
      "  twofold compare summary-20260301-1200 summary-20260302-0900",
      "  twofold compare summary-20260301-120000-000/mtal/pair \\",
      "      summary-20260302-090000-000/mtal/pair"
    })
final class CompareCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = WorkdirArguments.RUN + " Two or more.")
  private List<String> runs;

  @Mixin private WorkdirArguments workdir;

  @Option(names = "--json", description = "As JSON, with all digits.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (runs.size() < 2) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot compare %s alone: give two runs or more".formatted(runs.get(0)));
    }
    Comparison comparison = Comparison.of(runs, workdir.runs());
    System.out.print(
        json ? ComparisonPrinter.json(comparison) + "\n" : ComparisonPrinter.text(comparison));
    return 0;
  }
}
