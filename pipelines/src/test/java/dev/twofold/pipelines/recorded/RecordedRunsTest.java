package dev.twofold.pipelines.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedRunsTest {

  @TempDir private Path workdir;

  @BeforeEach
  void writeRuns() throws IOException {
    WrittenRun.trial(workdir, "aa11", "mtal", 1).with(Map.of("grey", .5), .9, .4);
    WrittenRun.trial(workdir, "aa22", "mtal", 2);
    WrittenRun.trial(workdir, "bb33", "damtl", 1);
    WrittenRun.trial(workdir, "dd44", "mtda", "threshold 0.4 · learningRate 0.01 · ", 1);
    WrittenRun.trial(workdir, "dd55", "mtda", "threshold 0.55 · learningRate 0.01 · ", 1);
    WrittenRun.summary(workdir, "summary-1", List.of("aa11", "bb33"), "seed: 1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "e/aa11, e/aa11", // the key
    "aa11, e/aa11",
    "e/aa1, e/aa11", // its beginning
    "b, e/bb33",
    "mtal · pair · 1, e/aa11", // the name
    "mtal/pair/1, e/aa11",
    "MTAL pair 1, e/aa11",
    "damtl/pair, e/bb33", // a row of one repeat
    "dam, e/bb33",
    "summary, e/summary-1",
    "e/mtal/pair/1, e/aa11", // in an experiment
    "summary-1/e/mtal/pair, e/aa11", // as the message of an ambiguous one has it
    "summary-1/mtal/pair, e/aa11", // the summary has one repeat of the row
    "'mtda (threshold = 0.4, learningRate = 0.01)', e/dd44", // as the result table prints it
    "'mtda (threshold = 0.4, learningRate = 0.01)/pair', e/dd44",
    "'mtda (threshold = 0.55, learningRate = 0.01)/pair/1', e/dd55",
    "'mtda, reconstruction (threshold = 0.4, learningRate = 0.01)', e/dd44",
    "'mtda, reconstruction (threshold = 0.55, lear…', e/dd55", // where it is cut
  })
  void findsOneRun(String text, String key) throws IOException {
    assertThat(runs().one(text).description().key()).isEqualTo(key);
  }

  @Test
  void findsAFolder() throws IOException {
    String folder = workdir.resolve("runs/e/bb33").toString();
    assertThat(runs().one(folder).name()).isEqualTo("damtl · pair · 1");
  }

  @Test
  void aRowIsItsRepeats() throws IOException {
    assertThat(runs().runs("mtal/pair")).extracting(RecordedRun::repeat).containsExactly(1, 2);
  }

  /** One repeat was there before the sweep, and keeps its first name in MLflow. */
  @Test
  void aTrialIsInTheRowThatItsLatestSummaryGivesIt() throws IOException {
    WrittenRun.trial(workdir, "aa66", "mtal", "threshold 0.4 · ", 2).with(Map.of("grey", .5));
    WrittenRun.summary(workdir, "summary-2", List.of(), "seed: 1\n")
        .about(
            Map.of(
                "e/aa11", "mtal · pair · threshold 0.4 · 1",
                "e/aa66", "mtal · pair · threshold 0.4 · 2"));

    assertThat(runs().runs("mtal (threshold = 0.4)/pair"))
        .extracting(run -> run.description().key())
        .containsExactly("e/aa11", "e/aa66");
    assertThat(runs().one("mtal/pair/1").description().key()).as("MLflow's").isEqualTo("e/aa11");
    assertThat(runs().runs("mtal/pair"))
        .as("the row that it was in, whole")
        .extracting(run -> run.description().key())
        .containsExactly("e/aa11", "e/aa22");
    assertThat(runs().one("summary-1/mtal/pair").name()).isEqualTo("mtal · pair · 1");
  }

  @Test
  void aListOfKeysIsRead() throws IOException {
    Files.writeString(workdir.resolve("runs/e/summary-1/trials.json"), "[\"e/aa22\"]");
    WrittenRun.summary(workdir, "summary-2", List.of(), "seed: 1\n")
        .about(Map.of("e/aa22", "mtal · pair · threshold 0.4 · 2"));

    assertThat(runs().one("summary-1/mtal/pair").name()).isEqualTo("mtal · pair · 2");
  }

  @Test
  void whereOneIsWantedARowIsRefused() throws IOException {
    assertThatThrownBy(() -> runs().one("mtal/pair"))
        .isInstanceOf(UnknownRunException.class)
        .hasMessage(
            "Ambiguous run `mtal/pair`: e/aa11 (mtal · pair · 1), e/aa22 (mtal · pair · 2)"
                + " (name one by its key, or as mtal/pair/1)");
    assertThatThrownBy(() -> runs().one("e/mtal/pair"))
        .hasMessageEndingWith("(name one by its key, or as e/mtal/pair/1)");
    assertThat(runs().one("e/mtal/pair/1").description().key()).isEqualTo("e/aa11");
    assertThatThrownBy(() -> runs().one("mtal/pair/7"))
        .hasMessageEndingWith("(did you mean `mtal/pair/1`?)");
    assertThatThrownBy(() -> runs().one("mtl/pair/2"))
        .hasMessageEndingWith("(did you mean `mtal/pair/2`?)");
  }

  @Test
  void twoRunsOfOneNameAreRefusedWithTheirKeys() throws IOException {
    WrittenRun.trial(workdir, "cc44", "mtal", 1);
    assertThatThrownBy(() -> runs().runs("mtal/pair"))
        .isInstanceOf(UnknownRunException.class)
        .hasMessageContainingAll("e/aa11", "e/aa22", "e/cc44")
        .hasMessageEndingWith("(name one by its key, or as SUMMARY/mtal/pair)");
  }

  @Test
  void aRowOfTwoExperimentsIsNamedWithOne() throws IOException {
    WrittenRun.trial(workdir, "f/cc44", "damtl", 1);

    assertThat(runs().one("f/damtl/pair").description().key()).isEqualTo("f/cc44");
    assertThat(runs().one("e/damtl/pair").description().key()).isEqualTo("e/bb33");
    assertThatThrownBy(() -> runs().one("damtl/pair"))
        .hasMessageContaining("(name one by its key, or as EXPERIMENT/damtl/pair)");
    assertThatThrownBy(() -> runs().one("f/mtal/pair"))
        .as("only in the other one")
        .hasMessageContaining("Unknown run `f/mtal/pair`");
  }

  @Test
  void ofSeveralRunsOfANameTheFinishedAreMeant() throws IOException {
    WrittenRun.trial(workdir, "cc44", "mtal", 1).unended();
    WrittenRun.trial(workdir, "cc55", "mtal", 2).ended("FAILED");
    assertThat(runs().runs("mtal/pair"))
        .extracting(run -> run.description().key())
        .containsExactly("e/aa11", "e/aa22");
    assertThat(runs().one("mtal/pair/1").description().key()).isEqualTo("e/aa11");
  }

  @Test
  void whereOneIsWantedTheOnlyFinishedRepeatIsMeant() throws IOException {
    WrittenRun.trial(workdir, "bb44", "damtl", 2).unended();
    assertThat(runs().one("damtl/pair").description().key()).isEqualTo("e/bb33");
  }

  @Test
  void aFolderIsReadInTheWorkdirThatItLiesIn(@TempDir Path elsewhere) throws IOException {
    String folder = workdir.resolve("runs/e/summary-1").toString();
    RecordedRuns others = new RecordedRuns(elsewhere);
    RecordedRun summary = others.one(folder);
    assertThat(summary.isFinished()).isTrue();
    assertThat(summary.workdir()).isEqualTo(workdir.toRealPath());
    assertThat(others.trials(summary))
        .extracting(RecordedRun::name)
        .containsExactly("mtal · pair · 1", "damtl · pair · 1");
  }

  @Test
  void anUnknownPointOfASweepNamesANearOneAsTheTablePrintsIt() {
    assertThatThrownBy(() -> runs().one("mtda (threshold = 0.6, learningRate = 0.01)/pair"))
        .hasMessageContaining("(did you mean `mtda (threshold = 0.4, learningRate = 0.01)/pair`?)");
  }

  @Test
  void anUnknownRunNamesNearOnes() {
    assertThatThrownBy(() -> runs().one("mtl/pair"))
        .hasMessage("Unknown run `mtl/pair` in %s (did you mean `mtal/pair`?)".formatted(workdir));
  }

  @Test
  void readsWhatTheLogsSay() throws IOException {
    RecordedRun run = runs().one("aa11");
    assertThat(run.parameters()).containsEntry("training.steps", "100");
    assertThat(run.tags()).containsEntry("twofold.version.tensorflow", "2.18.0");
    assertThat(run.inputs())
        .containsExactly(new RecordedRun.Input("grey", "test", "set-grey", "d1", 30, 3));
    assertThat(run.metrics()).isEqualTo(Map.of("test_accuracy/grey", .5, "loss/all", .4));
    assertThat(run.isFinished()).isTrue();
  }

  @Test
  void aLineThatIsNoEventIsSkippedAndTheRestRead() throws IOException {
    Path log = workdir.resolve("runs/e/aa11/unit.jsonl");
    Files.writeString(
        log,
        "{\"event\":\"inp\n"
            + Files.readString(log)
            + "{\"event\":\"metric\",\"name\":\"loss/all\",\"value\":\"NaN\",\"step\":3}\n"
            + "{\"event\":\"metric\",\"name\":\"loss/all\",\"step\":4}\n"
            + "{\"event\":\"metric\",\"name\":\"loss/all\",\"value\":1,\"step\":5}");

    RecordedRun run = runs().one("aa11");
    assertThat(run.inputs()).hasSize(1);
    assertThat(run.metrics())
        .as("the last line is not there yet")
        .isEqualTo(Map.of("test_accuracy/grey", .5, "loss/all", Double.NaN));
    assertThat(run.isFinished()).isTrue();
  }

  private RecordedRuns runs() throws IOException {
    return new RecordedRuns(workdir);
  }
}
