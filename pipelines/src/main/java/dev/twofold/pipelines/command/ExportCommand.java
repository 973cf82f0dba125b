package dev.twofold.pipelines.command;

import dev.twofold.pipelines.console.ExportTable;
import dev.twofold.pipelines.run.ExportRun;
import dev.twofold.transforms.evaluation.ExportResult;
import dev.twofold.transforms.training.ModelRequest.Export.Form;
import dev.twofold.transforms.training.TrainingJson;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the networks of a trial as SavedModels into a folder of their own, with export.json"
          + " that names classes and signatures, and prints size, parameters, multiply-adds,"
          + " accuracy and speed of the trained and the exported ones.",
      "",
      "With --pruned the predictions are held against the trained network's on the test"
          + " images: a difference above 1e-5 is a failure, and nothing is written.%n"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  twofold export damtl/pair/1 --to exported --pruned",
      "  twofold export mtal/pair/1 --to merged --merged"
    })
final class ExportCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RUN", description = WorkdirArguments.RUN)
  private String run;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Folder to make; it must not be there, or be empty.")
  private Path to;

  @ArgGroup private Shape shape = new Shape();

  private static final class Shape {
    @Option(
        names = "--merged",
        description =
            "MTAL: one kernel, their mean, in place of each pair of most similar kernels of two"
                + " tasks, stored once in one model with a signature for each task.")
    private boolean merged;

    @Option(
        names = "--pruned",
        description =
            "DAMTL: without the channels that the masks have emptied; fewer multiply-adds, the"
                + " same predictions.")
    private boolean pruned;

    Form form() {
      if (merged) {
        return Form.MERGED;
      }
      return pruned ? Form.PRUNED : Form.AS_TRAINED;
    }
  }

  @Mixin private WorkdirArguments workdir;

  @Option(names = "--json", description = "What was measured as JSON: the content of export.json.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ExportResult result = new ExportRun(workdir.runs().one(run)).to(to, shape.form());
    System.out.print(
        json
            ? TrainingJson.MAPPER.valueToTree(result).toPrettyString() + "\n"
            : ExportTable.of(result));
    return 0;
  }
}
