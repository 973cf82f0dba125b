package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole chain, from pictures to a report, and what a second run makes of it. */
final class RunIT {
  private static final int METHODS = 4;
  private static final int REPEATS = 2;
  private static final String STAGE = "train";

  @TempDir private static Path folder;
  private static Cli cli;
  private static Workdir workdir;
  private static Cli.Running running;
  private static Cli.Ended first;

  @BeforeAll
  static void runOnce() throws IOException, InterruptedException {
    Setting.write(folder);
    cli = new Cli(folder);
    workdir = new Workdir(folder.resolve("twofold-work"));
    running = cli.start("run", Setting.CONFIGURATION);
    first = running.await().expect(0);
  }

  @Test
  void nothingIsLeftOfEmbeddedFlink() {
    assertThat(running.flinkFolders()).isEmpty();
  }

  @Test
  void everyTrialIsEvaluated() {
    assertThat(workdir.whole("ingest")).hasSize(3);
    assertThat(workdir.whole("pretrain")).hasSize(1);
    assertThat(workdir.whole("evaluate")).hasSizeGreaterThanOrEqualTo(METHODS * REPEATS);
    assertThat(first.out()).contains("8 trials: 0 reused, 8 to run.");
  }

  /** The trainer counts in its own graph; the evaluation loads the export into DJL. */
  @Test
  void theExportedModelScoresAsTheTrainerDid() {
    int compared = 0;
    for (Path evaluation : workdir.whole("evaluate")) {
      JsonNode scores = Workdir.json(evaluation.resolve("result.json")).path("tasks");
      for (JsonNode unit : Workdir.inputs(evaluation).path("units")) {
        Path trained = workdir.path().resolve("artifacts/train").resolve(unit.asText());
        JsonNode tasks = Workdir.json(trained.resolve("result.json")).path("tasks");
        for (String task : names(tasks)) {
          assertThat(scores.path(task).path("accuracy").asDouble())
              .as("%s of %s", task, evaluation)
              .isCloseTo(tasks.path(task).path("accuracy").asDouble(), within(1e-6));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(2 * METHODS * REPEATS);
  }

  /** Chance is a third; pictures whose two spots both mean a class can only be guessed. */
  @Test
  void everyMethodLearns() {
    Map<String, List<Double>> accuracies = new TreeMap<>();
    for (Path evaluation : workdir.whole("evaluate")) {
      JsonNode tasks = Workdir.json(evaluation.resolve("result.json")).path("tasks");
      String unit = Workdir.inputs(evaluation).path("units").get(0).asText();
      Path trained = workdir.path().resolve("artifacts/train").resolve(unit);
      List<Double> ofMethod =
          accuracies.computeIfAbsent(
              Workdir.inputs(trained).path("method").asText(), method -> new ArrayList<>());
      names(tasks).forEach(task -> ofMethod.add(tasks.path(task).path("accuracy").asDouble()));
    }
    assertThat(accuracies).hasSize(METHODS);
    accuracies.forEach(
        (method, all) ->
            assertThat(all.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
                .as("mean of %s: %s", method, all)
                .isBetween(0.45, 0.99));
  }

  /** The auxiliary network, given as a file of weights, is the start that it is by itself. */
  @Test
  void aFileOfWeightsIsAStart() throws IOException, InterruptedException {
    Path big = workdir.whole("pretrain").iterator().next().resolve("weights.npz");
    Files.copy(big, folder.resolve("big.npz"));
    runFromFile("keepModels=none");
    Set<Path> fromFile = started("file");
    assertThat(fromFile).as("one of each task").hasSize(2);
    // The grey images have another size, and then fully connected layers of their own.
    Path colour = fromFile.stream().filter(RunIT::isColour).findFirst().orElseThrow();
    assertThat(started("auxiliary"))
        .filteredOn(RunIT::isColour)
        .filteredOn(unit -> seed(unit) == seed(colour))
        .singleElement()
        .satisfies(
            unit ->
                assertThat(colour.resolve("weights.npz"))
                    .hasSameBinaryContentAs(unit.resolve("weights.npz")));
    // The models were not kept: predictions make them again of the weights, without the file,
    Path weights = colour.resolve("weights.npz");
    FileTime trained = Files.getLastModifiedTime(weights);
    assertThat(colour.resolve("savedmodel")).doesNotExist();
    Path away = folder.resolve("away.npz");
    Files.move(folder.resolve("big.npz"), away);
    String[] predict = {"predict", "from-file/pair/1", "data/colour", "--task", "colour"};
    assertThat(cli.run(predict).expect(0).out().lines().count()).isGreaterThan(3);
    assertThat(colour.resolve("savedmodel")).doesNotExist();
    Files.move(away, folder.resolve("big.npz"));
    // and evaluations that log them put them back,
    runFromFile("groups.second={tasks: [colour, grey]}");
    assertThat(colour.resolve("savedmodel")).isDirectory();
    assertThat(Files.getLastModifiedTime(weights)).as("nothing is trained").isEqualTo(trained);
    // where they stay when a run keeps none: a server may not have what is logged.
    runFromFile("keepModels=none");
    assertThat(colour.resolve("savedmodel")).isDirectory();
  }

  private static void runFromFile(String setting) throws IOException, InterruptedException {
    cli.run(
            "run",
            Setting.CONFIGURATION,
            "--set",
            "methods={from-file: {method: single-task, start: file, file: big.npz}}",
            "--set",
            "repeats=1",
            "--set",
            setting)
        .expect(0);
  }

  private static boolean isColour(Path unit) {
    return Workdir.inputs(unit).at("/tasks/0/name").asText().equals("colour");
  }

  private static long seed(Path unit) {
    return Workdir.inputs(unit).path("seed").asLong();
  }

  /** Units of single-task that start from there. */
  private static Set<Path> started(String from) {
    return workdir.whole(STAGE).stream()
        .filter(unit -> Workdir.inputs(unit).at("/start/from").asText().equals(from))
        .filter(unit -> Workdir.inputs(unit).path("method").asText().equals("single-task"))
        .collect(Collectors.toSet());
  }

  @Test
  void processesThatDidTheirWorkLeaveNoLog() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("twofold-work/scratch"))) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .contains("scratch")
          .noneMatch(name -> name.equals("process.log"));
    }
  }

  @Test
  void theReportIsWritten() throws IOException {
    Path report = Path.of(first.after("Report: "));
    assertThat(report).isRegularFile().hasFileName("report.html");
    for (String name : List.of("report.html", "report.md", "report.csv")) {
      assertThat(Files.readString(report.resolveSibling(name)))
          .as(name)
          .contains("single-task", "multi-task", "mtal", "damtl", "grey", "colour");
    }
    assertThat(Files.readString(report.resolveSibling("report.md")))
        .contains("Ours, and in neither paper: pick: mutual, of mtal")
        .contains("Ours, and in neither paper: maskStep: rms, of damtl");
  }

  @Test
  void theSameAgainTrainsNothing() throws IOException, InterruptedException {
    Set<Path> before = workdir.whole(STAGE);
    Cli.Ended again = cli.run("run", Setting.CONFIGURATION).expect(0);
    assertThat(again.out())
        .contains("Reused: mtal · pair · 1 (made ", "8 trials: 8 reused, 0 to run.");
    assertThat(workdir.whole(STAGE)).isEqualTo(before);
  }

  @Test
  void aPreTrainingThatSomebodyDeletedIsNotMissedByWhatIsWhole()
      throws IOException, InterruptedException {
    Path pretrain = workdir.path().resolve("artifacts/pretrain");
    Path away = folder.resolve("pretrain-away");
    Files.move(pretrain, away);
    try {
      Cli.Ended again = cli.run("run", Setting.CONFIGURATION).expect(0);
      assertThat(again.out()).contains("8 trials: 8 reused, 0 to run.").doesNotContain("Failed");
      cli.run("report", Setting.CONFIGURATION).expect(0);
    } finally {
      Files.move(away, pretrain);
    }
  }

  @Test
  void whatIsIngestedTrainsAndIsReportedWithoutItsPictures()
      throws IOException, InterruptedException {
    Path data = folder.resolve("data");
    Path away = folder.resolve("away");
    String[] changed = {Setting.CONFIGURATION, "--set", "methods.mtal.threshold=0.8"};
    Files.move(data, away);
    try {
      Cli.Ended ended = cli.run(with("run", changed)).expect(0);
      assertThat(ended.out())
          .contains("big of dataset big is not there: its images are those that were read from it")
          .contains("8 trials: 6 reused, 2 to run.");
      cli.run("report", Setting.CONFIGURATION).expect(0);
    } finally {
      Files.move(away, data);
    }
  }

  @Test
  void anotherSettingTrainsItsTrialsAlone() throws IOException, InterruptedException {
    String[] changed = {Setting.CONFIGURATION, "--set", "methods.mtal.threshold=0.9"};
    List<JsonNode> planned = planned(changed);
    assertThat(planned).extracting(trial -> trial.path("label").asText()).containsOnly("mtal");
    assertThat(planned).hasSize(REPEATS);
    assertThat(planned)
        .extracting(trial -> trial.path("reason").asText())
        .allSatisfy(reason -> assertThat(reason).contains("threshold", "0.4", "0.9"));

    Set<Path> before = workdir.whole(STAGE);
    cli.run(with("run", changed)).expect(0);
    List<Path> made = made(before);
    assertThat(made).hasSize(REPEATS);
    assertThat(made)
        .extracting(unit -> Workdir.inputs(unit).at("/settings/threshold").asDouble())
        .containsOnly(0.9);
  }

  @Test
  void anotherRepeatTrainsItAlone() throws IOException, InterruptedException {
    String[] changed = {Setting.CONFIGURATION, "--set", "repeats=3"};
    List<JsonNode> planned = planned(changed);
    assertThat(planned).hasSize(METHODS);
    assertThat(planned).extracting(trial -> trial.path("repeat").asInt()).containsOnly(3);
    assertThat(planned)
        .extracting(trial -> trial.path("reason").asText())
        .containsOnly("a new repeat or seed");

    Set<Path> before = workdir.whole(STAGE);
    Cli.Ended ended = cli.run(with("run", changed)).expect(0);
    assertThat(ended.out()).contains("12 trials: 8 reused, 4 to run.");
    assertThat(made(before))
        .extracting(unit -> Workdir.inputs(unit).path("seed").asText())
        .isNotEmpty()
        .containsOnly(Workdir.inputs(made(before).get(0)).path("seed").asText())
        .doesNotContainAnyElementsOf(
            before.stream().map(unit -> Workdir.inputs(unit).path("seed").asText()).toList());
  }

  /** The trials that a plan says would run. */
  private static List<JsonNode> planned(String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    Cli.Ended plan = cli.run(with("plan", all.toArray(String[]::new))).expect(0);
    List<JsonNode> planned = new ArrayList<>();
    for (JsonNode trial : Workdir.json(plan.out()).path("trials")) {
      if (trial.path("action").asText().equals("run")) {
        planned.add(trial);
      }
    }
    return planned;
  }

  private static String[] with(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }

  private static List<Path> made(Set<Path> before) {
    Set<Path> made = new TreeSet<>(workdir.whole(STAGE));
    made.removeAll(before);
    return List.copyOf(made);
  }

  private static List<String> names(JsonNode tasks) {
    List<String> names = new ArrayList<>();
    tasks.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
