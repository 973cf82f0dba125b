package dev.twofold.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be done with runs that are there: compare, export, predict. */
final class CommandsIT {

  /** With this λ1 some channels are empty after the thirty steps, and some are not. */
  private static final String[] RUN = {
    "run",
    Setting.CONFIGURATION,
    "--set",
    "methods.damtl.sparsity=channel",
    "--set",
    "methods.damtl.lambda1=6.5",
    "--set",
    "split.searched={repeats: 2, validation: 0.25}"
  };

  @TempDir private static Path folder;
  private static Cli cli;

  @BeforeAll
  static void runOnce() throws IOException, InterruptedException {
    Setting.write(folder);
    cli = new Cli(folder);
    cli.run(RUN).expect(0);
  }

  /** A script that keeps the output must hear that it is not there. */
  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException, InterruptedException {
    assertThat(
            cli.runInto("/dev/full", "compare", "single-task/pair", "damtl/pair").expect(1).err())
        .contains("Cannot write to standard output");
  }

  @Test
  void aStageIsForcedByTheNameThatPlansPrint() throws IOException, InterruptedException {
    assertThat(cli.run("plan", Setting.CONFIGURATION, "--force", "evaluate").expect(0).out())
        .contains("--force evaluate");
    assertThat(cli.run("plan", Setting.CONFIGURATION, "--force", "ingest").expect(2).err())
        .contains("must be pretrain, train or evaluate, not ingest");
  }

  /** As a slim container and a rescue system are. */
  @Test
  void aMachineWithoutFontsReportsWithoutCharts() throws IOException, InterruptedException {
    Path fonts = Files.writeString(folder.resolve("none.conf"), "<fontconfig></fontconfig>", UTF_8);
    Path home = Files.createDirectories(folder.resolve("fontless"));
    Cli fontless =
        new Cli(folder)
            .with("FONTCONFIG_FILE", fonts.toString())
            // Java remembers a home's fonts
            .with("JAVA_TOOL_OPTIONS", "-Duser.home=" + home);
    String[] arguments = Arrays.copyOf(RUN, RUN.length + 2);
    arguments[0] = "report";
    arguments[RUN.length] = "--output";
    arguments[RUN.length + 1] = home.toString();

    Cli.Ended ended = fontless.run(arguments).expect(0);

    assertThat(ended.out()).contains("single-task", "Its charts are not drawn");
    assertThat(Files.readString(home.resolve("report.html")))
        .contains("Not drawn: Java found no font.")
        .doesNotContain("<svg role=");
    assertThat(fontless.run("doctor").out()).contains("warn  fonts");
  }

  @Test
  void rowsAreComparedByRepeat() throws IOException, InterruptedException {
    Cli.Ended ended = cli.run("compare", "single-task/pair", "damtl/pair").expect(0);
    assertThat(ended.out().lines())
        .anyMatch(line -> line.matches("method +single-task +damtl"))
        .anyMatch(line -> line.matches("test_accuracy/grey .* ± .* \\(2\\)"))
        .noneMatch(line -> line.startsWith("training."));
  }

  @Test
  void aWholeRunIsComparedWithItselfAndNotWithATrial() throws IOException, InterruptedException {
    assertThat(cli.run("compare", "summary", "summary").expect(0).out()).contains("No difference.");
    assertThat(cli.run("compare", "summary", "mtal/pair").expect(5).err())
        .contains("one is a whole run, the other trials");
    assertThat(cli.run("compare", "mtl/pair", "mtal/pair").expect(2).err())
        .contains("did you mean `mtal/pair`?");
  }

  @Test
  void thePrunedNetworkPredictsTheSameWithLess() throws IOException, InterruptedException {
    JsonNode export = export("damtl/pair/1", "pruned", "--pruned");
    assertThat(export.path("tasks")).hasSize(2);
    for (JsonNode task : export.path("tasks")) {
      JsonNode before = task.path("original");
      JsonNode after = task.path("exported");
      assertThat(task.path("largestDifference").asDouble()).isLessThanOrEqualTo(1e-5);
      assertThat(task.path("fit").asText()).isEqualTo("stretch");
      assertThat(after.path("accuracy")).isEqualTo(before.path("accuracy"));
      assertThat(after.path("multiplyAdds").asLong())
          .isLessThan(before.path("multiplyAdds").asLong());
    }
    assertThat(number(export, "/exported/bytes")).isLessThan(number(export, "/original/bytes"));
  }

  @Test
  void theMergedModelStoresLessForBothTasks() throws IOException, InterruptedException {
    JsonNode export = export("mtal/pair/1", "merged", "--merged");
    assertThat(export.path("tasks"))
        .extracting(task -> task.path("signature").asText())
        .containsExactly("grey", "colour");
    // conv1_1 of a grey and of a colour column differ in size; all 16 of conv2_1 start as twins.
    assertThat(number(export, "/original/parameters") - number(export, "/exported/parameters"))
        .isEqualTo(16 * 9 * 8);
    assertThat(folder.resolve("merged/merged-1/saved_model.pb")).isRegularFile();
    assertThat(cli.run("export", "mtal/pair/1", "--to", "merged").expect(2).err())
        .contains("is there already");
    assertThat(cli.run("export", "mtal/pair/1", "--to", "other", "--pruned").expect(2).err())
        .contains("its method is mtal (must be damtl");
  }

  @Test
  void aReportSaysThatWhatASearchHasLookedAtIsInNoScore() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(RUN));
    arguments.set(0, "report");
    arguments.addAll(List.of("--output", "told"));
    cli.run(arguments.toArray(String[]::new)).expect(0);

    assertThat(folder.resolve("told/report.md"))
        .content()
        .contains("In no score: test images of colour, grey that a search for settings has looked")
        .containsPattern("18, 1[0-7](–1[0-7])? in scores");
  }

  /** keepModels has let the second repeat's go; they come back from its weights. */
  @Test
  void predictsAsTheEvaluationDidAlsoWithoutTheKeptModels()
      throws IOException, InterruptedException {
    for (int repeat = 1; repeat <= 2; repeat++) {
      String run = "single-task/pair/" + repeat;
      JsonNode export = export(run, "again-" + repeat);
      JsonNode colour = export.path("tasks").path(1);
      JsonNode evaluated = evaluated(run).path("tasks").path("colour");
      assertThat(colour.at("/exported/accuracy").asDouble())
          .isCloseTo(evaluated.path("accuracy").asDouble(), within(1e-9));
      assertThat(evaluated.path("classes").findValues("support"))
          .as("six of a class test, without those that a search has looked at")
          .allMatch(support -> support.asInt() <= 6)
          .anyMatch(support -> support.asInt() < 6);

      List<String> lines =
          cli.run("predict", run, "data/colour", "--task", "colour")
              .expect(0)
              .out()
              .lines()
              .toList();
      assertThat(lines).hasSize(1 + 3 * Pictures.PER_CLASS).startsWith(HEAD);
      assertThat(lines.stream().filter(CommandsIT::isRight).count())
          .as("of the sixty, test and training sides together; chance is 20")
          .isGreaterThan(30);
    }
  }

  private static final String HEAD = "image,rank,class,probability,error";

  /** Pictures stand in folders named like their class. */
  private static boolean isRight(String line) {
    return line.matches(".*/(\\w)/\\d+\\.png,1,\\1,.*");
  }

  @Test
  void aBrokenImageIsALineAndTheOthersGoOn() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("broken.png"), "no picture");
    Cli.Ended ended =
        cli.run(
                "predict",
                "multi-task/pair/1",
                "broken.png",
                "data/grey/a/1.png",
                "--task",
                "grey",
                "--top",
                "2")
            .expect(0);
    assertThat(ended.err()).contains("1 of 2 images cannot be read: broken.png: ");
    List<String> lines = ended.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(1)).startsWith("broken.png,,,,").contains("not an image");
    assertThat(lines.get(2)).startsWith("data/grey/a/1.png,1,");
    assertThat(lines.get(3)).startsWith("data/grey/a/1.png,2,");
  }

  @Test
  void whatCannotBePredictedIsSaid() throws IOException, InterruptedException {
    assertThat(cli.run("predict", "multi-task/pair/1", "data/grey").expect(2).err())
        .contains("has the tasks grey, colour: name one with --task");
    Files.createDirectories(folder.resolve("nothing"));
    assertThat(cli.run("predict", "multi-task/pair/1", "nothing", "--task", "grey").expect(3).err())
        .contains("there is no image in nothing (must be ");
    Cli.Ended ended =
        cli.run(
                "predict",
                "multi-task/pair/1",
                "data/grey",
                "--task",
                "grey",
                "--output",
                "nothing")
            .expect(2);
    assertThat(ended.err()).contains("Cannot write predictions to nothing: it is a folder");
    String below = Setting.CONFIGURATION + "/made.csv";
    ended =
        cli.run("predict", "multi-task/pair/1", "data/grey", "--task", "grey", "--output", below)
            .expect(2);
    assertThat(ended.err())
        .contains("Cannot write predictions to " + below, "a file has this name");
  }

  @Test
  void whereNoImageCanBeReadTheCommandFails() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("first.png"), "no picture");
    Files.writeString(folder.resolve("second.png"), "nor this");
    Cli.Ended ended =
        cli.run("predict", "multi-task/pair/1", "first.png", "second.png", "--task", "grey")
            .expect(3);
    assertThat(ended.out().lines()).hasSize(3);
    assertThat(ended.err())
        .contains("Cannot predict: none of 2 images can be read (first.png: ", "; second.png: ");
  }

  @Test
  void anInterruptedExportLeavesNothing() throws IOException, InterruptedException {
    Cli.Running running = cli.start("export", "damtl/pair/1", "--to", "interrupted/export");
    endByInterrupt(running);
    assertThat(folder.resolve("interrupted")).isEmptyDirectory();
  }

  @Test
  void anInterruptedPredictionLeavesNothing() throws IOException, InterruptedException {
    Cli.Running running =
        cli.start(
            "predict",
            "multi-task/pair/1",
            "data/grey",
            "--task",
            "grey",
            "--output",
            "interrupted.csv");
    endByInterrupt(running);
    assertThat(folder.resolve("interrupted.csv")).doesNotExist();
  }

  @Test
  void aPredictionThatIsKilledNamesALogThatIsThere() throws IOException, InterruptedException {
    Cli.Running running = cli.start("predict", "multi-task/pair/1", "data/grey", "--task", "grey");
    running.awaitUntil("a model process", () -> running.modelProcess().isPresent());
    running.modelProcess().orElseThrow().destroyForcibly();

    String message = running.await().expect(1).err();
    assertThat(message).contains("Cannot classify: the process was killed");
    String log = message.replaceAll("(?s).*its log is ([^;)]*).*", "$1");
    assertThat(folder.resolve(log)).isRegularFile();
    Files.move(folder.resolve(log).getParent(), folder.resolve("kept")); // out of others' way
  }

  /** Interrupts it while its model process runs. */
  private static void endByInterrupt(Cli.Running running) throws IOException, InterruptedException {
    running.awaitUntil("a model process", () -> running.modelProcess().isPresent());
    ProcessHandle model = running.modelProcess().orElseThrow();
    running.interrupt();
    assertThat(running.await().expect(130).err()).contains(": interrupted");
    assertThat(model.isAlive()).as("the model process").isFalse();
    try (Stream<Path> scratch = Files.walk(folder.resolve("twofold-work/scratch"))) {
      assertThat(scratch.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.matches("(export|predict|command)-.*"));
    }
  }

  /** Its own list is no part of the prepared images. */
  @Test
  void aFileOfPredictionsMayEndInJson() throws IOException, InterruptedException {
    String[] predict = {"predict", "multi-task/pair/1", "data/grey", "--task", "grey"};
    String printed = cli.run(predict).expect(0).out();
    cli.run(
            Stream.concat(Stream.of(predict), Stream.of("--output", "made.json"))
                .toArray(String[]::new))
        .expect(0);
    assertThat(folder.resolve("made.json")).content().isEqualTo(printed);
  }

  /**
   * As many lines as the folder that is in it; PredictionTableTest reads what Parquet files hold.
   */
  @Test
  void anArchiveIsPredictedAsItsFolderIs() throws IOException, InterruptedException {
    Path archive = folder.resolve("grey.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String image : List.of("a/1.png", "c/1.png")) {
        zip.putNextEntry(new ZipEntry("pictures/" + image));
        Files.copy(folder.resolve("data/grey").resolve(image), zip);
      }
    }
    String[] predict = {"predict", "multi-task/pair/1", "grey.zip", "--task", "grey", "--top", "3"};
    List<String> lines = cli.run(predict).expect(0).out().lines().toList();
    List<String> ofFiles =
        cli.run(
                "predict",
                "multi-task/pair/1",
                "data/grey/a/1.png",
                "data/grey/c/1.png",
                "--task",
                "grey",
                "--top",
                "3")
            .expect(0)
            .out()
            .lines()
            .toList();
    assertThat(lines).hasSize(1 + 2 * 3);
    assertThat(lines.stream().map(CommandsIT::withoutImage))
        .containsExactlyElementsOf(ofFiles.stream().map(CommandsIT::withoutImage).toList());

    cli.run(
            Stream.concat(Stream.of(predict), Stream.of("--output", "top.parquet"))
                .toArray(String[]::new))
        .expect(0);
    String bytes = Files.readString(folder.resolve("top.parquet"), ISO_8859_1);
    assertThat(bytes).startsWith("PAR1").endsWith("PAR1");
  }

  private static String withoutImage(String line) {
    return line.substring(line.indexOf(','));
  }

  private static JsonNode export(String run, String to, String... form)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("export", run, "--to", to));
    arguments.addAll(List.of(form));
    cli.run(arguments.toArray(String[]::new)).expect(0);
    return Workdir.json(folder.resolve(to).resolve("export.json"));
  }

  /** What the run's evaluation found. */
  private static JsonNode evaluated(String run) throws IOException, InterruptedException {
    JsonNode compared = Workdir.json(cli.run("compare", run, run, "--json").expect(0).out());
    String key = compared.at("/runs/0/keys/0").asText();
    return Workdir.json(
        folder.resolve(
            "twofold-work/artifacts/evaluate/%s/result.json"
                .formatted(key.substring(key.indexOf('/') + 1))));
  }

  private static long number(JsonNode json, String path) {
    return json.at(path).asLong();
  }
}
