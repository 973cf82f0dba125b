package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class VariantTest {

  @Test
  void aSweptKeyIsCalledByItsLastPart() {
    assertThat(
            new Variant(
                    "mtal",
                    "mtal",
                    Map.of("training.learningRate", .0005, "methods.mtal.start", "scratch"))
                .name())
        .isEqualTo("mtal (start = scratch, learningRate = 0.0005)");
  }

  @Test
  void keysThatEndAlikeAreWrittenOut() {
    assertThat(
            new Variant("mtal", "mtal", Map.of("methods.a.alpha", .5, "methods.b.alpha", .9))
                .name())
        .isEqualTo("mtal (methods.a.alpha = 0.5, methods.b.alpha = 0.9)");
  }

  @Test
  void aReconstructionSaysSo() {
    assertThat(new Variant("lda", "mtda", Map.of()).name()).isEqualTo("lda, reconstruction");
    assertThat(new Variant("nddr", "nddr-cnn", Map.of()).name()).isEqualTo("nddr, with batch norm");
  }
}
