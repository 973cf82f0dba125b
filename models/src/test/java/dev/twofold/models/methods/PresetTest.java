package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.training.TrainingSettings;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both presets, value by value: tables compare them, so that none changes unseen. docs/methods.md
 * says where each comes from; a search that changed one of {@code tuned} is named here too.
 */
class PresetTest {

  private static String settings(String method, Preset preset) {
    return type(method).settings().apply(preset).toString();
  }

  private static MethodType<?> type(String method) {
    return Methods.ALL.stream()
        .filter(type -> type.name().equals(method))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void mtal() {
    assertThat(settings("mtal", Preset.PUBLISHED))
        .isEqualTo(
            "MtalSettings[threshold=0.4, alpha=0.5, beta=0.5, pick=ALL, similarity=KERNEL,"
                + " within=false, refresh=1, groups=null]");
    assertThat(settings("mtal", Preset.TUNED))
        .isEqualTo(
            "MtalSettings[threshold=0.4, alpha=0.75, beta=0.25, pick=MUTUAL, similarity=KERNEL,"
                + " within=false, refresh=10, groups=null]");
  }

  @Test
  void damtl() {
    assertThat(settings("damtl", Preset.PUBLISHED))
        .isEqualTo(
            "DamtlSettings[mode=PER_TASK, maskInit=[0.5, 1.5], maskBase=TRAINABLE, maskStep=SGD,"
                + " maskRate=1.0, sparsity=ELEMENT, alignment=ALL, kernel=LINEAR, lambda1=0.9,"
                + " lambda2=0.9, taskWeight=0.01]");
    assertThat(settings("damtl", Preset.TUNED))
        .as("λ1 by conf/tune/damtl.yaml")
        .isEqualTo(
            "DamtlSettings[mode=PER_TASK, maskInit=[0.9, 1.1], maskBase=TRAINABLE, maskStep=RMS,"
                + " maskRate=0.5, sparsity=ELEMENT, alignment=HIDDEN, kernel=LINEAR, lambda1=0.1,"
                + " lambda2=0.01, taskWeight=1.0]");
  }

  @Test
  void crossStitch() {
    assertThat(settings("cross-stitch", Preset.PUBLISHED))
        .isEqualTo("CrossStitchSettings[own=0.9, alphaRate=100.0]");
    assertThat(settings("cross-stitch", Preset.TUNED))
        .as("×1 by conf/tune/mixing.yaml")
        .isEqualTo("CrossStitchSettings[own=0.9, alphaRate=1.0]");
  }

  @Test
  void nddrCnn() {
    assertThat(settings("nddr-cnn", Preset.PUBLISHED))
        .isEqualTo("NddrCnnSettings[own=0.9, layerRate=100.0]");
    assertThat(settings("nddr-cnn", Preset.TUNED))
        .isEqualTo("NddrCnnSettings[own=0.9, layerRate=10.0]");
    assertThat(type("nddr-cnn").remark()).as("it alone has it").isEqualTo("with batch norm");
  }

  @Test
  void mtda() {
    assertThat(settings("mtda", Preset.PUBLISHED))
        .isEqualTo(
            "MtdaSettings[sharing=JOINT, features=PIXELS, r=50, d=null, epsilon=0.1,"
                + " iterations=50, tolerance=1.0E-4, classifier=NEAREST_MEAN]");
    assertThat(settings("mtda", Preset.TUNED))
        .isEqualTo(
            "MtdaSettings[sharing=JOINT, features=AUXILIARY, r=50, d=null, epsilon=0.1,"
                + " iterations=50, tolerance=1.0E-4, classifier=NEAREST_MEAN]");
  }

  static Stream<MethodType<?>> trained() {
    return Methods.ALL.stream().filter(type -> !type.isClosedForm());
  }

  @ParameterizedTest
  @MethodSource("trained")
  void everyMethodTrainsAlike(MethodType<?> type) {
    assertThat(type.training().apply(Preset.TUNED).toString())
        .isEqualTo(
            "TrainingSettings[optimizer=SGD, learningRate=0.02, momentum=0.9, schedule=COSINE,"
                + " weightDecay=5.0E-4, normRegulariser=0.0, reduction=MEAN, clipNorm=5.0,"
                + " dropout=0.3, batch=32, epochs=null, steps=200, epochLength=MAX,"
                + " precision=FLOAT32]");
    boolean damtl = type.name().equals("damtl");
    assertThat(type.training().apply(Preset.PUBLISHED).toString())
        .as("0.1·‖W‖ of [A], or the batch sum of [B]")
        .isEqualTo(
            "TrainingSettings[optimizer=SGD, learningRate=0.01, momentum=0.0, schedule=CONSTANT,"
                + " weightDecay=0.0, normRegulariser=%s, reduction=%s, clipNorm=0.0, dropout=0.0,"
                    .formatted(damtl ? "0.0" : "0.1", damtl ? "SUM" : "MEAN")
                + " batch=32, epochs=null, steps=300, epochLength=MAX, precision=FLOAT32]");
    for (Preset preset : Preset.values()) {
      assertThat(type.start().apply(preset).toString())
          .isEqualTo("Start[from=AUXILIARY, scratchSeed=PER_TASK, headStart=RANDOM, file=null]");
    }
  }

  @Test
  void pretraining() {
    assertThat(TrainingSettings.pretraining().toString())
        .isEqualTo(
            "TrainingSettings[optimizer=ADAMW, learningRate=0.001, momentum=0.9, schedule=COSINE,"
                + " weightDecay=5.0E-4, normRegulariser=0.0, reduction=MEAN, clipNorm=5.0,"
                + " dropout=0.1, batch=64, epochs=14, steps=null, epochLength=MAX,"
                + " precision=FLOAT32]");
  }
}
