package dev.twofold.models.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.training.TrainingSettings.Reduction;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** golden.json, section losses. */
class LossesTest {
  private static final JsonNode GOLDEN = Golden.section("losses");

  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  private Operand<TFloat32> logits() {
    JsonNode logits = GOLDEN.get("logits");
    return bench.constant(Golden.shape(logits), Golden.floats(logits));
  }

  /** y = [0, 2] of three classes. */
  private Operand<TFloat32> oneHot() {
    assertThat(Golden.floats(GOLDEN.get("y"))).containsExactly(0, 2);
    return bench.constant(new long[] {2, 3}, 1, 0, 0, 0, 0, 1);
  }

  @Test
  void crossEntropyIsTheMeanOrTheSumOverTheBatch() {
    Operand<TFloat32> mean = Losses.crossEntropy(bench.tf(), logits(), oneHot(), Reduction.MEAN);
    Operand<TFloat32> sum = Losses.crossEntropy(bench.tf(), logits(), oneHot(), Reduction.SUM);

    assertThat(bench.value(mean)[0])
        .as("Eq. (7) of [A], batch mean")
        .isCloseTo(Golden.number(GOLDEN.get("ce_mean")), within(1e-6f));
    assertThat(bench.value(sum)[0])
        .as("Eq. (4) of [B], batch sum")
        .isCloseTo(Golden.number(GOLDEN.get("ce_sum")), within(1e-6f));
  }

  @Test
  void crossEntropyOfOneImageIsItsOwn() {
    float[] each = Golden.floats(GOLDEN.get("ce_per_sample"));
    for (int i = 0; i < each.length; i++) {
      for (Reduction reduction : Reduction.values()) {
        Operand<TFloat32> alone =
            Losses.crossEntropy(bench.tf(), image(logits(), i), image(oneHot(), i), reduction);
        assertThat(bench.value(alone)[0])
            .as("image %d, a batch of one, %s", i, reduction)
            .isCloseTo(each[i], within(1e-6f));
      }
    }
    assertThat(bench.value(Losses.composed(bench.tf(), logits(), oneHot())))
        .as("[B], before the batch is reduced")
        .containsExactly(each, within(1e-6f));
  }

  /** One row of a batch, [1, c]. */
  private Operand<TFloat32> image(Operand<TFloat32> batch, int i) {
    return bench.tf().gather(batch, bench.tf().constant(new int[] {i}), bench.tf().constant(0));
  }

  /** What stands in for the fused operation where the same bits are asked of a GPU. */
  @Test
  void theComposedCrossEntropyIsTheFusedOne() {
    Variable logits =
        bench.variable("logits", Role.MATRIX, new long[] {2, 3}, 1, -2, 90, 0.5f, -100, 0);
    bench.initialise();
    Operand<TFloat32> fused =
        Losses.sum(
            bench.tf(),
            bench.tf().nn.softmaxCrossEntropyWithLogits(logits.value(), oneHot()).loss());
    Operand<TFloat32> composed =
        Losses.sum(bench.tf(), Losses.composed(bench.tf(), logits.value(), oneHot()));

    assertThat(bench.value(composed)).containsExactly(bench.value(fused), within(1e-4f));
    assertThat(gradient(composed, logits)).containsExactly(gradient(fused, logits), within(1e-6f));
  }

  private float[] gradient(Operand<TFloat32> loss, Variable variable) {
    return bench.value(bench.gradients(loss, List.of(variable.value())).get(0));
  }

  @Test
  void theNormIsNotSquared() {
    JsonNode weights = GOLDEN.get("weights");
    Operand<TFloat32> whole = bench.constant(Golden.shape(weights), Golden.floats(weights));
    float norm = bench.value(Losses.norm(bench.tf(), List.of(whole)))[0];

    assertThat(norm).isCloseTo(Golden.number(GOLDEN.get("l2_norm")), within(1e-6f));
    assertThat(norm * norm)
        .as("what it would be squared")
        .isCloseTo(Golden.number(GOLDEN.get("l2_squared")), within(1e-5f));
  }

  @Test
  void oneNormSpansAllWeightsOfAColumn() {
    Operand<TFloat32> first = bench.constant(new long[] {2}, 1, -2);
    Operand<TFloat32> second = bench.constant(new long[] {1, 2}, 3, 0.5f);

    assertThat(bench.value(Losses.norm(bench.tf(), List.of(first, second)))[0])
        .as("√(1 + 4 + 9 + .25), and not √5 + √9.25")
        .isCloseTo(Golden.number(GOLDEN.get("l2_norm")), within(1e-6f));
  }

  @Test
  void theGradientOfTheNormIsTheUnitVectorAndZeroAtZero() {
    Variable w = bench.variable("w", Role.MATRIX, new long[] {2}, 3, -4);
    Variable zero = bench.variable("zero", Role.MATRIX, new long[] {2}, 0, 0);
    bench.initialise();
    var ofW = bench.gradients(Losses.norm(bench.tf(), List.of(w.value())), List.of(w.value()));
    var ofZero =
        bench.gradients(Losses.norm(bench.tf(), List.of(zero.value())), List.of(zero.value()));

    assertThat(bench.value(ofW.get(0))).containsExactly(new float[] {0.6f, -0.8f}, within(1e-6f));
    assertThat(bench.value(ofZero.get(0))).containsExactly(0, 0);
  }
}
