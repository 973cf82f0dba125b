package dev.twofold.pipelines.command;

import dev.twofold.pipelines.console.UnreadableImages;
import dev.twofold.pipelines.run.PredictRun;
import dev.twofold.pipelines.run.PredictRun.Predicted;
import dev.twofold.pipelines.run.UsageException;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twofold predict}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Classifies images with the network that a run trained for a task. The images are prepared as"
          + " the task's dataset was: size, channels and fit.",
      "",
      "Writes a line for each image and class: image, rank, class, probability, error. An image"
          + " that cannot be read becomes a line with its reason, and the others go on; standard"
          + " error says how many there are. Exit code 3: none could be read.%n"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  twofold predict mtal/pair/1 photos/ --task colour",
      "  twofold predict single-task/pair/1 a.png b.zip --task grey --top 3 \\",
      "      --output grey.parquet"
    })
final class PredictCommand implements Callable<Integer> {
  /** More prepare images no faster than one model classifies them. */
  private static final int MOST_SLOTS = 16;

  @Parameters(index = "0", paramLabel = "RUN", description = WorkdirArguments.RUN)
  private String run;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGES",
      description =
          "Image files, folders (with all below them), .zip, .tar or .tar.gz; class folders are not"
              + " needed.")
  private List<Path> images;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = "Task whose network to ask; needed where the run has several.")
  private String task;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "1",
      description = "Most probable classes an image (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "File to write, Parquet where its name ends in .parquet, else CSV; standard output"
              + " without it, as CSV.")
  private Path output;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description =
          "Slots that prepare images side by side (default: this machine's processors, at most 16,"
              + " and 1 on a session cluster); one process classifies them.")
  private Integer parallelism;

  @Mixin private FlinkArguments flink;

  @Mixin private WorkdirArguments workdir;

  @Override
  public Integer call() throws Exception {
    if (top < 1) {
      throw new UsageException("Invalid --top: %d (must be at least 1)".formatted(top));
    }
    if (parallelism != null && parallelism < 1) {
      throw new UsageException(
          "Invalid --parallelism: %d (must be at least 1)".formatted(parallelism));
    }
    PredictRun prediction = new PredictRun(workdir.runs().one(run), flink.master(), slots());
    tell(output == null ? print(prediction) : write(prediction));
    return 0;
  }

  private Predicted write(PredictRun prediction) throws IOException, InterruptedException {
    Predicted predicted = prediction.write(images, task, top, output);
    System.err.println("Predictions: " + output);
    return predicted;
  }

  /** An image that is lost in a table of thousands would not be seen. */
  private static void tell(Predicted predicted) {
    int lost = predicted.unreadable().size();
    if (lost == 0) {
      return;
    }
    String few = UnreadableImages.of(predicted.unreadable());
    if (lost == predicted.images()) {
      throw new DataRefusedException(
          "Cannot predict: none of %d images can be read (%s)".formatted(lost, few));
    }
    System.err.printf(
        "twofold: %d of %d images cannot be read: %s%n", lost, predicted.images(), few);
  }

  private int slots() {
    if (parallelism != null) {
      return parallelism;
    }
    return flink.isEmbedded()
        ? Math.min(MOST_SLOTS, Runtime.getRuntime().availableProcessors())
        : 1;
  }

  private Predicted print(PredictRun prediction) throws IOException, InterruptedException {
    Path file = Files.createTempFile("twofold-predictions", ".csv");
    try {
      Predicted predicted = prediction.write(images, task, top, file);
      Files.copy(file, System.out);
      return predicted;
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
