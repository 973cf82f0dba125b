package dev.twofold.pipelines.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.pipelines.compare.Comparison.Difference;
import dev.twofold.pipelines.compare.Comparison.Measured;
import dev.twofold.pipelines.recorded.RecordedRuns;
import dev.twofold.pipelines.recorded.WrittenRun;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

  @TempDir private Path workdir;

  @Test
  void saysWhatDiffersAndNothingElse() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5), .9, .4);
    WrittenRun.trial(workdir, "b1", "damtl", 1).with(Map.of("grey", .75), .4);

    Comparison comparison = compare("a1", "b1");
    assertThat(comparison.parameters())
        .containsExactly(new Difference("label", List.of("mtal", "damtl")));
    assertThat(comparison.data()).isEmpty();
    assertThat(comparison.context()).isEmpty();
    assertThat(comparison.metrics())
        .extracting(Measured::name)
        .containsExactly("test_accuracy/grey");
    assertThat(comparison.metrics().get(0).differences().get(0).mean()).isEqualTo(.25);
  }

  /** Differences .1, .3, .2: mean .2, deviation .1; repeat 4 has no other. */
  @Test
  void rowsArePairedByRepeat() throws IOException {
    row("mtal", "a", .5, .6, .7, .1);
    row("damtl", "b", .6, .9, .9);

    Measured metric = compare("mtal/pair", "damtl/pair").metrics().get(0);
    assertThat(metric.name()).isEqualTo("test_accuracy/grey");
    assertThat(metric.values().get(0).n()).isEqualTo(4);
    assertThat(metric.differences()).hasSize(1);
    assertThat(metric.differences().get(0).n()).isEqualTo(3);
    assertThat(metric.differences().get(0).mean()).isCloseTo(.2, within(1e-12));
    assertThat(metric.differences().get(0).deviation()).isCloseTo(.1, within(1e-12));
  }

  /** Other repeats have other test images. */
  @Test
  void rowsWithoutACommonRepeatAreNotPaired() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "a2", "mtal", 2).with(Map.of("grey", .1)).unended();
    WrittenRun.trial(workdir, "b1", "damtl", 1).with(Map.of("grey", .1)).unended();
    WrittenRun.trial(workdir, "b2", "damtl", 2).with(Map.of("grey", .6));

    assertThatThrownBy(() -> compare("mtal/pair", "damtl/pair"))
        .isInstanceOf(IncomparableException.class)
        .hasMessageContaining("no metric of a repeat of one is in the other");
    assertThat(compare("a1", "b2").metrics()).as("named singly").hasSize(1);
  }

  @Test
  void wholeRunsArePairedRowByRow() throws IOException {
    row("mtal", "a", .5, .6);
    row("damtl", "b", .7, .7);
    WrittenRun.trial(workdir, "c1", "mtal", 1).with(Map.of("grey", .6));
    WrittenRun.trial(workdir, "c2", "mtal", 2).with(Map.of("grey", .9));
    WrittenRun.summary(workdir, "summary-1", List.of("a1", "a2", "b1", "b2"), "{seed: 1, name: e}");
    WrittenRun.summary(workdir, "summary-2", List.of("c1", "c2", "b1", "b2"), "{seed: 2, name: e}");

    Comparison comparison = compare("summary-1", "summary-2");
    assertThat(comparison.parameters()).containsExactly(new Difference("seed", List.of("1", "2")));
    assertThat(comparison.metrics())
        .extracting(Measured::name)
        .containsExactly("mtal · pair · test_accuracy/grey");
    assertThat(ComparisonPrinter.text(comparison))
        .contains(
            "mtal · pair · test_accuracy/grey  0.550 ± 0.071  0.750 ± 0.212  +0.200 ± 0.141 (2)");
  }

  @Test
  void namesAreNeverCutAndLongValuesAre() throws IOException {
    String label = "single-task-from-scratch-at-half-the-learning-rate";
    WrittenRun.trial(workdir, "a1", label, 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "b1", label, 1).with(Map.of("grey", .6));
    WrittenRun.summary(workdir, "summary-1", List.of("a1"), "{seed: 1, name: e}");
    WrittenRun.summary(
        workdir, "summary-2", List.of("b1"), "{seed: %s, name: e}".formatted("2".repeat(60)));

    assertThat(ComparisonPrinter.text(compare("summary-1", "summary-2")))
        .contains(label + " · pair · test_accuracy/grey")
        .contains("2".repeat(43) + "…");
  }

  @Test
  void whatSteersATerminalIsNotPrinted() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal\u001b[2J", 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "b1", "damtl\u009b2J", 1).with(Map.of("grey", .6));

    assertThat(ComparisonPrinter.text(compare("a1", "b1")))
        .contains("mtal?[2J · pair · 1", "damtl?2J · pair · 1")
        .doesNotContain("\u001b", "\u009b");
  }

  @Test
  void otherDataAreNamedWithTheirDigests() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "b1", "mtal", 1).with(Map.of("grey", .5, "colour", .5));
    assertThat(compare("a1", "b1").data())
        .containsExactly(
            new Difference(
                "colour · test", Arrays.asList(null, "30 images, 3 classes, set-colour d1")));
  }

  @Test
  void aRunDoesNotDifferFromItself() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    Comparison comparison = compare("a1", "a1");
    assertThat(comparison.isEmpty()).isTrue();
    assertThat(ComparisonPrinter.text(comparison)).endsWith("\nNo difference.\n");
  }

  @Test
  void aMetricOfOneSideAloneIsCountedAndNotShown() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "b1", "mtal", 1).with(Map.of("grey", .5), .4);
    Comparison comparison = compare("a1", "b1");
    assertThat(comparison.metrics()).extracting(Measured::name).containsExactly("loss/all");
    assertThat(ComparisonPrinter.text(comparison))
        .doesNotContain("loss/all")
        .endsWith("\n1 metrics are one run's alone (--json has them).\n");
  }

  @Test
  void jsonHasAllDigitsAndNoNaN() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", 1 / 3.0));
    WrittenRun.trial(workdir, "b1", "mtal", 1).with(Map.of("grey", .5));
    var json = TrainingJson.MAPPER.readTree(ComparisonPrinter.json(compare("a1", "b1")));
    assertThat(json.at("/metrics/0/values/0/mean").asDouble()).isEqualTo(1 / 3.0);
    assertThat(json.at("/metrics/0/differences/0/deviation").isNull()).isTrue();
    assertThat(json.at("/runs/1/keys/0").asText()).isEqualTo("e/b1");
  }

  @Test
  void anUnfinishedRunIsRefused() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "b1", "damtl", 1).with(Map.of("grey", .5)).unended();
    assertThatThrownBy(() -> compare("a1", "b1"))
        .isInstanceOf(IncomparableException.class)
        .hasMessage(
            "Cannot compare damtl · pair · 1: it is not finished (`twofold run` with its"
                + " configuration goes on with it)");
  }

  @Test
  void oneRepeatThatFailedIsLeftOutAndNamed() throws IOException {
    row("mtal", "a", .5, .6);
    row("damtl", "b", .6, .9);
    WrittenRun.trial(workdir, "b3", "damtl", 3).ended("FAILED");
    Comparison comparison = compare("mtal/pair", "damtl/pair");
    assertThat(comparison.sides().get(1).notes()).containsExactly("2 of 3 trials finished");
    assertThat(comparison.metrics().get(0).differences().get(0).n()).isEqualTo(2);
  }

  @Test
  void withoutACommonTaskNothingCanBeSaid() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    WrittenRun.trial(workdir, "b1", "damtl", 1).with(Map.of("colour", .5));
    assertThatThrownBy(() -> compare("a1", "b1"))
        .isInstanceOf(IncomparableException.class)
        .hasMessage(
            "Cannot compare mtal · pair · 1 and damtl · pair · 1: they have no task in common:"
                + " one has grey, the other colour");
  }

  @Test
  void aTrialIsNoWholeRun() throws IOException {
    WrittenRun.trial(workdir, "a1", "mtal", 1).with(Map.of("grey", .5));
    WrittenRun.summary(workdir, "summary-1", List.of("a1"), "seed: 1\n");
    assertThatThrownBy(() -> compare("a1", "summary-1"))
        .isInstanceOf(IncomparableException.class)
        .hasMessageEndingWith("one is trials, the other a whole run");
  }

  private void row(String label, String id, double... accuracies) throws IOException {
    for (int repeat = 1; repeat <= accuracies.length; repeat++) {
      WrittenRun.trial(workdir, id + repeat, label, repeat)
          .with(Map.of("grey", accuracies[repeat - 1]));
    }
  }

  private Comparison compare(String... names) throws IOException {
    return Comparison.of(List.of(names), new RecordedRuns(workdir));
  }
}
