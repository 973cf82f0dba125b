package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work ends early, with a documented code and a message that names it. */
final class BadInputIT {
  private static final int WRONG_USE = 2;
  private static final int DATA_REFUSED = 3;

  @TempDir private Path folder;
  private Cli cli;
  private Workdir workdir;

  @BeforeEach
  void write() throws IOException {
    Setting.write(folder, Setting.ONE_METHOD);
    cli = new Cli(folder);
    workdir = new Workdir(folder.resolve("twofold-work"));
  }

  @Test
  void aWrongKeyIsPointedAt() throws IOException, InterruptedException {
    replace("repeats: 1", "repeets: 1");
    Cli.Ended ended = run().expect(WRONG_USE);
    assertThat(ended.err()).contains("repeets", "small.yaml:3:1", "did you mean `repeats`?");
    assertNothingWasDone(ended);
  }

  @Test
  void anUnknownMethodIsPointedAt() throws IOException, InterruptedException {
    replace(
        "mtal: {threshold: 0.4, start: scratch, scratchSeed: shared}", "mtall: {start: scratch}");
    Cli.Ended ended = run().expect(WRONG_USE);
    assertThat(ended.err()).contains("mtall", "small.yaml:11:", "did you mean `mtal`?");
    assertNothingWasDone(ended);
  }

  @Test
  void columnsThatCannotMixAreNamedWithTheirShapes() throws IOException, InterruptedException {
    replace(
        "mtal: {threshold: 0.4, start: scratch, scratchSeed: shared}",
        "cross-stitch: {start: scratch}");
    Cli.Ended ended = run().expect(WRONG_USE);
    assertThat(ended.err())
        .contains("cross-stitch", "grey and colour", "[6, 6, 8] and [8, 8, 8]", "small.yaml:9:");
    assertNothingWasDone(ended);
  }

  @Test
  void anUnsetVariableIsNamed() throws IOException, InterruptedException {
    replace("data/grey,", "'${TWOFOLD_NOT_SET}/grey',");
    Cli.Ended ended = run().expect(WRONG_USE);
    assertThat(ended.err()).contains("TWOFOLD_NOT_SET", "small.yaml:5:");
    assertNothingWasDone(ended);
  }

  @Test
  void aMissingClassIsNamed() throws IOException, InterruptedException {
    replace("data/grey,", "data/grey, classes: [a, zebra],");
    Cli.Ended ended = run();
    assertThat(ended.code()).isIn(WRONG_USE, DATA_REFUSED);
    assertThat(ended.err()).contains("grey", "zebra");
    assertNothingWasDone(ended);
  }

  @Test
  void aFileInTheWorkdirsPlaceIsNamed() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    Cli.Ended ended = run("--workdir", file.toString()).expect(WRONG_USE);
    assertThat(ended.err()).contains("Cannot write to the workdir: " + file, "--workdir");
    assertNothingWasDone(ended);
  }

  @Test
  void aPlanNeedsNoWorkdir() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    cli.run("plan", Setting.CONFIGURATION, "--workdir", file.toString()).expect(0);
    assertThat(file).hasContent("not a folder");
  }

  @Test
  void anAddressOfFlinkThatIsNoneIsNamed() throws IOException, InterruptedException {
    Cli.Ended ended = run("--flink", "nonsense").expect(WRONG_USE);
    assertThat(ended.err()).contains("Invalid --flink: nonsense", "HOST:PORT");
    assertNothingWasDone(ended);
  }

  @Test
  void aGpuThatIsNotThereIsNamed() throws IOException, InterruptedException {
    // Without nvidia-smi on the PATH a machine with GPUs counts as one that has none.
    cli.with("PATH", folder.toString());
    Cli.Ended ended = run("--set", "workers.devices=gpu").expect(WRONG_USE);
    assertThat(ended.err()).contains("Invalid workers.devices: gpu", "must be cpu or auto");
    assertNothingWasDone(ended);
  }

  @Test
  void aGpuThatCannotBeTrainedOnIsNamed() throws IOException, InterruptedException {
    Path driver =
        Files.writeString(
            folder.resolve("nvidia-smi"), "#!/bin/sh\necho '0, GPU-1a2b-3c, NVIDIA, 80 MiB'\n");
    assertThat(driver.toFile().setExecutable(true)).isTrue();
    cli.with("PATH", folder.toString());
    for (String visible : List.of("0", "GPU-1a2b-3c")) {
      cli.with("CUDA_VISIBLE_DEVICES", visible);
      Cli.Ended ended = run("--set", "workers.devices=gpu").expect(WRONG_USE);
      assertThat(ended.err()).contains("Invalid workers.devices: gpu", "TWOFOLD_GPU_NATIVES");
      assertNothingWasDone(ended);
    }
    cli.with("CUDA_VISIBLE_DEVICES", "1");
    Cli.Ended ended = run("--set", "workers.devices=gpu").expect(WRONG_USE);
    assertThat(ended.err()).contains("Invalid CUDA_VISIBLE_DEVICES: 1 on ");
    assertNothingWasDone(ended);
  }

  @Test
  void anUnreadableArchiveIsNamed() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("data/grey.zip"), "PK, and no zip at all");
    replace("data/grey", "data/grey.zip");
    Cli.Ended ended = run().expect(DATA_REFUSED);
    assertThat(ended.err()).contains("dataset grey", "grey.zip");
    assertNothingWasDone(ended);
  }

  /** What another configuration lacks is no reason to be silent about this one. */
  @Test
  void onePlanStandsBesideWhatAnotherLacks() throws IOException, InterruptedException {
    Path whole = folder.resolve("whole.yaml");
    Files.copy(folder.resolve(Setting.CONFIGURATION), whole);
    replace("data/grey", "data/nothing");
    Cli.Ended ended = cli.run("plan", Setting.CONFIGURATION, "whole.yaml").expect(DATA_REFUSED);
    assertThat(ended.err()).contains("data/nothing");
    assertThat(ended.out()).contains("To do: 2 of 2 datasets");
  }

  /** Its pictures come in; the entry that leads out stays in the archive. */
  @Test
  void anEscapingEntryBecomesADeadLetter() throws IOException, InterruptedException {
    Path zip = folder.resolve("data/grey.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      List<String> classes = List.of("a", "c", "g");
      for (int c = 0; c < classes.size(); c++) {
        for (int i = 0; i < Pictures.PER_CLASS; i++) {
          entry(out, classes.get(c) + "/" + i + ".png", Pictures.png(12, c, i));
        }
      }
      entry(out, "a/../../../escaped.png", Pictures.png(12, 0, Pictures.PER_CLASS));
    }
    replace("data/grey", "data/grey.zip");
    run("--set", "data.maxDeadLetters=0.05").expect(0);
    assertThat(deadLetters())
        .singleElement()
        .satisfies(letter -> assertThat(letter).contains("escaped.png", "escapes"));
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files).noneMatch(file -> file.endsWith("escaped.png"));
    }
    assertThat(folder.resolveSibling("escaped.png")).doesNotExist();

    // All trials are there by now, of data that the usual limit refuses.
    assertThat(run().expect(DATA_REFUSED).err()).contains("dataset grey", "maxDeadLetters");
    run("--set", "data.maxDeadLetters=0.05").expect(0);
  }

  @Test
  void aDatasetThatLostTooMuchIsRefused() throws IOException, InterruptedException {
    Pictures.spoil(folder.resolve("data/colour"), 6, "b", "c", "h");
    Cli.Ended ended = run().expect(DATA_REFUSED);
    assertThat(ended.err()).contains("dataset colour", "18 of its 60", "maxDeadLetters");
    assertThat(workdir.whole("ingest"))
        .extracting(dataset -> Workdir.json(dataset.resolve("dataset.json")).path("name").asText())
        .doesNotContain("colour");
    assertThat(workdir.whole("train")).isEmpty();
    assertThat(workdir.whole("evaluate")).isEmpty();
  }

  /** One trial's misfortune is not the others'. */
  @Test
  void aDivergedTrialFailsAloneAndSaysWhere() throws IOException, InterruptedException {
    replace(
        "mtal: {threshold: 0.4, start: scratch, scratchSeed: shared}",
        "mtal: {threshold: 0.4, start: scratch, scratchSeed: shared}\n  multi-task: {start: scratch, training:"
            + " {learningRate: 900, clipNorm: 0}}");
    Cli.Ended ended = run("--set", "training.steps=40").expect(1);
    assertThat(ended.out())
        .containsPattern("Failed: multi-task · pair · 1: .*step \\d+.*(grey|colour)");
    assertThat(workdir.whole("evaluate")).hasSize(1);
    assertThat(outcomes()).containsExactlyInAnyOrder("FINISHED", "FAILED", "FAILED");
  }

  /** A model that cannot be read fails its own trial, with its reason, and no other. */
  @Test
  void anUnreadableModelCostsNoOtherTrialItsEvaluation() throws IOException, InterruptedException {
    replace("repeats: 1", "repeats: 2");
    run().expect(0);
    for (Path trial : workdir.whole("evaluate")) {
      Files.delete(trial.resolve("manifest.json"));
    }
    Path model =
        workdir.whole("train").stream()
            .map(unit -> unit.resolve("savedmodel/grey/saved_model.pb"))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    Files.write(model, new byte[(int) Files.size(model)]);

    Cli.Ended ended = run().expect(1);
    assertThat(ended.out()).containsPattern("Failed: mtal · pair · [12]: it was not evaluated: .+");
    assertThat(workdir.whole("evaluate")).hasSize(1);
  }

  private Cli.Ended run(String... more) throws IOException, InterruptedException {
    return cli.run(
        Stream.concat(Stream.of("run", Setting.CONFIGURATION), Stream.of(more))
            .toArray(String[]::new));
  }

  /** At once, and not after attempts at reading a network that is not there. */
  @Test
  void aFailedAuxiliaryNetworkIsWhyItsTrialsFail() throws IOException, InterruptedException {
    Setting.write(folder);
    Cli.Ended ended =
        run(
                "--set",
                "methods={damtl: {}}",
                "--set",
                "repeats=1",
                "--set",
                "auxiliary.training={steps: 200, optimizer: sgd, learningRate: 500, clipNorm: 0}")
            .expect(1);
    assertThat(ended.out())
        .contains("Failed: auxiliary network: Training diverged at step ")
        .contains(
            "Failed: damtl · pair · 1: the auxiliary network that it starts from was not trained"
                + " (Training diverged at step ");
    assertThat(ended.err()).doesNotContain("attempt");
  }

  private void replace(String before, String after) throws IOException {
    Path file = folder.resolve(Setting.CONFIGURATION);
    String text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }

  /** A user's mistake gets no stack trace, and costs no work. */
  private void assertNothingWasDone(Cli.Ended ended) {
    assertThat(ended.err()).doesNotContain("\tat ");
    assertThat(workdir.whole("ingest")).isEmpty();
    assertThat(workdir.runs("one")).isEmpty();
  }

  private static void entry(ZipOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(content);
    out.closeEntry();
  }

  private List<String> deadLetters() throws IOException {
    List<String> letters = new ArrayList<>();
    for (Path dataset : workdir.whole("ingest")) {
      letters.addAll(Files.readAllLines(dataset.resolve("dead-letters.jsonl")));
    }
    return letters;
  }

  /** The last status of every tracked run: two trials and the summary. */
  private List<String> outcomes() {
    return workdir.runs("one").stream()
        .map(run -> Workdir.events(run.resolve("outcome.jsonl")))
        .map(events -> events.get(events.size() - 1))
        .map((JsonNode end) -> end.path("status").asText())
        .toList();
  }
}
