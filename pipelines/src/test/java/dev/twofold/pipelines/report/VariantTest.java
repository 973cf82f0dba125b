package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.transforms.training.TrialSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariantTest {

  @Test
  void aSweptKeyIsCalledByItsLastPart() {
    assertThat(
            new Variant(
                    "mtal",
                    "mtal",
                    "",
                    Map.of("training.learningRate", .0005, "methods.mtal.start", "scratch"))
                .name())
        .isEqualTo("mtal (start = scratch, learningRate = 0.0005)");
  }

  @Test
  void keysThatEndAlikeAreWrittenOut() {
    assertThat(
            new Variant("mtal", "mtal", "", Map.of("methods.a.alpha", .5, "methods.b.alpha", .9))
                .name())
        .isEqualTo("mtal (methods.a.alpha = 0.5, methods.b.alpha = 0.9)");
  }

  @Test
  void aReconstructionSaysSo() {
    assertThat(name("pixels", "mtda", true)).isEqualTo("pixels, reconstruction");
    assertThat(name("nddr", "nddr-cnn", true)).isEqualTo("nddr, with batch norm");
  }

  /** T separate discriminant analyses are not MTDA's reconstruction. */
  @Test
  void linearDiscriminantsOfEachTaskAreNoReconstruction() {
    assertThat(name("lda", "mtda", false)).isEqualTo("lda");
  }

  @Test
  void anotherPointOfTheSweepHasTheRemarkToo() {
    assertThat(new Variant("mtda", "mtda", "reconstruction", Map.of()).at(Map.of("r", 20)).name())
        .isEqualTo("mtda, reconstruction (r = 20)");
  }

  private static String name(String label, String method, boolean joint) {
    TrialSpec spec =
        new TrialSpec(label, method, "office", Map.of(), 1, List.of("unit"), "evaluation", joint);
    return Variant.of(spec).name();
  }
}
