package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.methods.DamtlSettings.Alignment;
import dev.twofold.models.methods.DamtlSettings.Kernel;
import dev.twofold.models.methods.DamtlSettings.MaskBase;
import dev.twofold.models.methods.DamtlSettings.MaskStep;
import dev.twofold.models.methods.DamtlSettings.Sparsity;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Eqs. (1), (2) and the L1 term of eq. (4) of [B]; golden.json, sections damtl_prox,
 * damtl_masked_conv and damtl_pruned_channel.
 */
class SoftMaskTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  private static DamtlSettings settings(
      MaskStep step, double rate, Sparsity sparsity, double lambda1, double taskWeight) {
    return settings(List.of(0.5, 1.5), step, rate, sparsity, lambda1, taskWeight);
  }

  private static DamtlSettings settings(
      List<Double> maskInit,
      MaskStep step,
      double rate,
      Sparsity sparsity,
      double lambda1,
      double taskWeight) {
    return new DamtlSettings(
        DamtlSettings.Mode.JOINT,
        maskInit,
        MaskBase.TRAINABLE,
        step,
        rate,
        sparsity,
        Alignment.NONE,
        Kernel.LINEAR,
        lambda1,
        0,
        taskWeight);
  }

  private SoftMask mask(Convolution layer, DamtlSettings settings, long... shape) {
    float[] ones = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    Arrays.fill(ones, 1);
    Variable kernel = bench.variable(layer.kernel(), Role.KERNEL, shape, ones);
    return new SoftMask(bench.net(), "task", layer, kernel, settings, 1);
  }

  static Stream<JsonNode> proximalSteps() {
    return StreamSupport.stream(Golden.section("damtl_prox").get("cases").spliterator(), false);
  }

  /** What a golden case's proximal step makes of six masks. */
  private float[] proximal(JsonNode golden, float... stepped) {
    SoftMask mask =
        mask(
            new Convolution("conv1_1", 2, 3),
            settings(
                MaskStep.SGD,
                1,
                Sparsity.ELEMENT,
                golden.get("lambda1").asDouble(),
                golden.get("alpha_t").asDouble()),
            1,
            1,
            2,
            3);
    return bench.value(
        mask.proximal(
            bench.tf(),
            bench.constant(new long[] {1, 1, 2, 3}, stepped),
            bench.tf().constant(Golden.number(golden.get("eta")))));
  }

  @ParameterizedTest
  @MethodSource("proximalSteps")
  void masksShrinkByTheirThresholdAndStopAtZero(JsonNode golden) {
    JsonNode given = Golden.section("damtl_prox");
    float eta = Golden.number(golden.get("eta"));
    float[] psi = Golden.floats(given.get("psi"));
    float[] g = Golden.floats(given.get("g"));
    float[] stepped = new float[psi.length];
    for (int i = 0; i < psi.length; i++) {
      stepped[i] = psi[i] - eta * g[i];
    }

    float[] shrunk = proximal(golden, stepped);

    float[] expected = Golden.floats(golden.get("expected"));
    assertThat(shrunk)
        .as("Ψ ← max(0, Ψ − η·g − η·α_t·λ1)")
        .containsExactly(expected, within(1e-6f));
    for (int i = 0; i < expected.length; i++) {
      assertThat(shrunk[i] == 0).as("zeros are exact").isEqualTo(expected[i] == 0);
    }
  }

  /** Masks of twice the threshold keep as much as they lose, with no large Ψ to round it away. */
  @ParameterizedTest
  @MethodSource("proximalSteps")
  void theThresholdIsRateTimesWeights(JsonNode golden) {
    float threshold = Golden.number(golden.get("threshold"));
    float[] thresholds = new float[6];
    Arrays.fill(thresholds, threshold);
    float[] stepped = new float[6];
    Arrays.fill(stepped, 2 * threshold);

    assertThat(proximal(golden, stepped))
        .as("η·α_t·λ1")
        .containsExactly(thresholds, within(1e-6f * threshold));
  }

  /**
   * Two channels of D = 9 with every element .1 and .5: norms .3 and 1.5. η·α_t·λ1·√D = .1 · 2 · .5
   * · 3 = .3 empties the first and takes a fifth of the second.
   */
  @Test
  void theGroupsProximalStepShrinksWholeKernels() {
    SoftMask mask =
        mask(
            new Convolution("conv1_1", 1, 2),
            settings(MaskStep.SGD, 1, Sparsity.CHANNEL, 0.5, 2),
            3,
            3,
            1,
            2);
    float[] stepped = new float[18];
    float[] expected = new float[18];
    for (int d = 0; d < 9; d++) {
      stepped[2 * d] = 0.0999f;
      stepped[2 * d + 1] = 0.5f;
      expected[2 * d + 1] = 0.4f;
    }

    float[] shrunk =
        bench.value(
            mask.proximal(
                bench.tf(),
                bench.constant(new long[] {3, 3, 1, 2}, stepped),
                bench.tf().constant(0.1f)));

    assertThat(shrunk).containsExactly(expected, within(1e-6f));
    assertThat(shrunk[0]).as("an exact zero").isZero();
  }

  @Test
  void theGroupsProximalStepKeepsMasksNonNegative() {
    SoftMask mask =
        mask(
            new Convolution("conv1_1", 1, 1),
            settings(MaskStep.SGD, 1, Sparsity.CHANNEL, 0, 1),
            1,
            1,
            2,
            1);

    assertThat(
            bench.value(
                mask.proximal(
                    bench.tf(),
                    bench.constant(new long[] {1, 1, 2, 1}, -1, 2),
                    bench.tf().constant(1f))))
        .containsExactly(0, 2);
  }

  @Test
  void theRmsStepDividesALayersGradientByItsRms() {
    SoftMask mask =
        mask(
            new Convolution("conv1_1", 2, 1),
            settings(MaskStep.RMS, 0.5, Sparsity.ELEMENT, 0, 1),
            1,
            1,
            2,
            1);
    var update = mask.update(bench.tf());
    Operand<TFloat32> gradient = bench.constant(new long[] {1, 1, 2, 1}, 1, -7);

    assertThat(bench.value(update.gradient().apply(gradient)))
        .as("rms of 1 and −7 is 5")
        .containsExactly(new float[] {0.2f, -1.4f}, within(1e-6f));
    assertThat(update.rate()).isEqualTo(0.5);
    assertThat(update.momentum()).isFalse();
  }

  /**
   * Sizes s = ‖row‖/√18 of (3, 4), (1, 0) and 0, with D = 3·3·2 = 18 of which the other elements
   * are 0 and left out: their gradients are (3·5 − 4·5)/5 = −1, 7 and 0, each times √18; the rms of
   * −1, 7, 0 is √(50/3).
   */
  @Test
  void withChannelsTheRmsStepScalesRowsByTheGradientsOfTheirSizes() {
    SoftMask mask =
        mask(
            new Convolution("conv1_1", 2, 3),
            settings(MaskStep.RMS, 0.5, Sparsity.CHANNEL, 0, 1),
            1,
            1,
            2,
            3);
    Operand<TFloat32> gradient = bench.constant(new long[] {1, 1, 2, 3}, 5, 7, 9, -5, 2, 9);
    Operand<TFloat32> step = mask.update(bench.tf()).gradient().apply(gradient);
    bench.initialise();

    float first = (float) (-1 / Math.sqrt(50 / 3.0) * Math.sqrt(18) / 5);
    float second = (float) (7 / Math.sqrt(50 / 3.0) * Math.sqrt(18));
    assertThat(bench.value(step, Map.of(mask.psi().value(), new float[] {3, 1, 0, 4, 0, 0})))
        .as("rows (3, 4), (1, 0) and an empty one")
        .containsExactly(new float[] {3 * first, second, 0, 4 * first, 0, 0}, within(1e-5f));
  }

  @Test
  void theStartIsUniformBetweenTheBounds() {
    SoftMask mask =
        mask(
            new Convolution("conv1_1", 16, 16),
            settings(MaskStep.RMS, 0.5, Sparsity.ELEMENT, 0, 1),
            3,
            3,
            16,
            16);
    float[] psi = mask.psi().initial();
    double mean = 0;
    for (float value : psi) {
      assertThat(value).isBetween(0.5f, 1.5f);
      mean += value / psi.length;
    }

    assertThat(mean).as("deviation of the mean .29/√2304 = .006").isCloseTo(1, within(0.03));
  }

  /** A start 1 ± ½ of four elements; what mirrors it at 1 has the correlation −1 with it. */
  @Test
  void masksCorrelateWithTheirStart() {
    SoftMask mask = smallMask(0.5, 1.5);
    float[] mirrored = mask.psi().initial().clone();
    for (int i = 0; i < mirrored.length; i++) {
      mirrored[i] = 2 - mirrored[i];
    }

    assertThat(startCorrelation(mask, mask.psi().initial())).isCloseTo(1, within(1e-6));
    assertThat(startCorrelation(mask, mirrored)).isCloseTo(-1, within(1e-6));
    assertThat(startCorrelation(mask, 0, 0, 0, 0)).as("Ψ alone does not vary").isNaN();
  }

  @Test
  void masksThatVaryCorrelateWithNoStartThatDoesNot() {
    SoftMask mask = smallMask(1, 1);

    assertThat(startCorrelation(mask, 1, 1, 1, 1)).isEqualTo(1);
    assertThat(startCorrelation(mask, 0, 0, 0, 0)).isEqualTo(1);
    assertThat(startCorrelation(mask, .7f, .7f, .7f, Math.nextUp(.7f)))
        .as("what float32 rounds is no variance")
        .isEqualTo(1);
    assertThat(startCorrelation(mask, .7f, .8f, .9f, 1)).isNaN();
  }

  /**
   * Channels lie along the last axis: of the first layer's, (0, 0) is empty and (.5, 1.5) is not;
   * of the second's, (0) is empty and (1) is not. Deviation of 0, .5, 0, 1.5: √(.25 + 0 + .25 +
   * 1)/2.
   */
  @Test
  void zerosAndEmptyChannelsAreCounted() {
    SoftMask first = smallMask("conv1_1", 2, 0.5, 1.5);
    SoftMask second = smallMask("conv1_2", 1, 0.5, 1.5);
    Map<SoftMask, float[]> psi =
        Map.of(first, new float[] {0, .5f, 0, 1.5f}, second, new float[] {0, 1});
    Map<String, Double> metrics =
        sparsity(first, second)
            .measure(
                variable ->
                    psi.keySet().stream()
                        .filter(mask -> mask.psi().equals(variable))
                        .findFirst()
                        .map(psi::get)
                        .orElse(new float[] {3, 0, 0, 4}));

    assertThat(metrics.get("sparsity/task/conv1_1")).isEqualTo(2 / 4.0);
    assertThat(metrics.get("sparsity/task/conv1_2")).isEqualTo(1 / 2.0);
    assertThat(metrics.get("sparsity/task/total")).isEqualTo(3 / 6.0);
    assertThat(metrics.get("sparsity/channels/task/conv1_1")).isEqualTo(1 / 2.0);
    assertThat(metrics.get("sparsity/channels/task/conv1_2")).isEqualTo(1 / 2.0);
    assertThat(metrics.get("sparsity/channels/task/total")).isEqualTo(2 / 4.0);
    assertThat(metrics.get("sparsity_mask_mean/task/conv1_1")).isEqualTo(.5);
    assertThat(metrics.get("sparsity_mask_deviation/task/conv1_1"))
        .isCloseTo(Math.sqrt(1.5) / 2, within(1e-12));
    assertThat(metrics.get("sparsity_mask_p05/task/conv1_1")).isZero();
    assertThat(metrics.get("sparsity_mask_median/task/conv1_1"))
        .as("of 0, 0, ½, 1½")
        .isEqualTo(.25);
    assertThat(metrics.get("sparsity_mask_p95/task/conv1_1"))
        .as("at 2.85 of the places 0 to 3")
        .isCloseTo(.5 + .85, within(1e-12));
    assertThat(metrics.get("sparsity_base_norm/task/conv1_1")).as("of (3, 0, 0, 4)").isEqualTo(5);
  }

  private SoftMask smallMask(double low, double high) {
    return smallMask("conv1_1", 2, low, high);
  }

  private SoftMask smallMask(String name, int in, double low, double high) {
    return mask(
        new Convolution(name, in, 2),
        settings(List.of(low, high), MaskStep.RMS, 0.5, Sparsity.ELEMENT, 0, 1),
        1,
        1,
        in,
        2);
  }

  private static double startCorrelation(SoftMask mask, float... psi) {
    return sparsity(mask)
        .measure(variable -> variable.equals(mask.psi()) ? psi : mask.kernel().initial())
        .get("sparsity_start_correlation/task/conv1_1");
  }

  private static MaskSparsity sparsity(SoftMask... masks) {
    Task task = new Task("task", new ImageShape(4, 4, 3), List.of("ant", "bee"));
    return new MaskSparsity(task, backbone(List.of("2"), 3), List.of(masks));
  }

  /** The images have three channels, the golden ones two: the third is zero, kernels and all. */
  @Test
  void aMaskedConvolutionIsEquationsOneAndTwo() {
    JsonNode golden = Golden.section("damtl_masked_conv");
    ImageShape image = new ImageShape(3, 3, 3);
    Backbone backbone = backbone(List.of("2"), 3);
    Convolution layer = backbone.convolutions().get(0);
    Variable w =
        bench.variable(
            "W",
            Role.KERNEL,
            new long[] {3, 3, 3, 2},
            withZeros(Golden.floats(golden.get("W")), 4, 2));
    SoftMask mask =
        new SoftMask(
            bench.net(), "task", layer, w, settings(MaskStep.SGD, 1, Sparsity.ELEMENT, 0, 1), 1);
    Map<String, Operand<TFloat32>> parameters = plainInput(3);
    parameters.put(layer.kernel(), mask.masked(bench.tf()));
    parameters.put(layer.bias(), bench.constant(new long[] {2}, Golden.floats(golden.get("b"))));
    parameters.put("head/kernel", bench.constant(new long[] {18, 1}, new float[18]));
    parameters.put("head/bias", bench.constant(new long[] {1}, 0));
    bench.initialise();

    Operand<TFloat32> map =
        backbone
            .forward(
                bench.tf(),
                new Parameters(parameters),
                bench.constant(
                    new long[] {1, 3, 3, 3}, withZeros(Golden.floats(golden.get("x")), 2, 1)),
                image,
                Mode.PREDICTION)
            .maps()
            .get(0);

    assertThat(
            bench.value(
                map, Map.of(mask.psi().value(), withZeros(Golden.floats(golden.get("psi")), 4, 2))))
        .as("F = relu((Ψ ⊙ W) * x + b)")
        .containsExactly(Golden.floats(golden.get("expected")), within(1e-4f));
  }

  /**
   * A pruned channel is no constant behind "same" padding, so it cannot be folded into the next
   * layer's bias.
   */
  @Test
  void aPrunedChannelWithABiasStillSpeaks() {
    JsonNode golden = Golden.section("damtl_pruned_channel");
    Backbone backbone = backbone(List.of("1", "1"), 1);
    float[] ones = new float[9];
    Arrays.fill(ones, 1);
    SoftMask pruned =
        mask(
            backbone.convolutions().get(0),
            settings(MaskStep.SGD, 1, Sparsity.CHANNEL, 0, 1),
            3,
            3,
            1,
            1);
    Map<String, Operand<TFloat32>> parameters = plainInput(1);
    parameters.put("conv1_1/kernel", pruned.masked(bench.tf()));
    parameters.put(
        "conv1_1/bias", bench.constant(new long[] {1}, Golden.number(golden.get("bias"))));
    parameters.put("conv1_2/kernel", bench.constant(new long[] {3, 3, 1, 1}, ones));
    parameters.put("conv1_2/bias", bench.constant(new long[] {1}, 0));
    parameters.put("head/kernel", bench.constant(new long[] {9, 1}, ones));
    parameters.put("head/bias", bench.constant(new long[] {1}, 0));
    bench.initialise();

    Operand<TFloat32> contribution =
        backbone
            .forward(
                bench.tf(),
                new Parameters(parameters),
                bench.constant(new long[] {1, 3, 3, 1}, 9, 8, 7, 6, 5, 4, 3, 2, 1),
                new ImageShape(3, 3, 1),
                Mode.PREDICTION)
            .maps()
            .get(1);

    assertThat(bench.value(contribution, Map.of(pruned.psi().value(), new float[9])))
        .as("relu(b) times the neighbours that padding leaves: 4, 6 or 9")
        .containsExactly(Golden.floats(golden.get("contribution")), within(1e-5f));
  }

  /**
   * Two channels, Ψ of 1 in one and of ½ in the other, of equal kernels: batch norm leaves of both
   * the same but for its ε, 1e-3 beside variances of some 20 and 5.
   */
  @ParameterizedTest
  @EnumSource(Sparsity.class)
  void behindBatchNormAChannelIsHeardByTheSizeOfItsMask(Sparsity sparsity) {
    BackboneSettings settings = new BackboneSettings(null, List.of("2"), List.of(), true);
    Backbone backbone = new Backbone(settings, 1, Optional.empty());
    Convolution layer = backbone.convolutions().get(0);
    SoftMask mask = mask(layer, settings(MaskStep.SGD, 1, sparsity, 0, 1), 3, 3, 1, 2);
    Map<String, Variable> column = new LinkedHashMap<>();
    for (String name : List.of("bias", "gamma", "beta")) {
      String variable = layer.name() + "/" + name;
      column.put(variable, bench.variable(variable, Role.BIAS, new long[] {2}, 1, 1));
    }
    column.put(layer.kernel(), mask.kernel());
    Map<String, Operand<TFloat32>> parameters = plainInput(1);
    column.forEach((name, variable) -> parameters.put(name, variable.value()));
    parameters.putAll(mask.masked(bench.tf(), column));
    for (String statistic : List.of("mean", "variance")) {
      String name = layer.name() + "/" + statistic;
      parameters.put(name, bench.variable(name, Role.BIAS, new long[] {2}, 0, 0).value());
    }
    parameters.put("head/kernel", bench.constant(new long[] {18, 1}, new float[18]));
    parameters.put("head/bias", bench.constant(new long[] {1}, 0));
    bench.initialise();

    Operand<TFloat32> map =
        backbone
            .forward(
                bench.tf(),
                new Parameters(parameters),
                bench.constant(new long[] {1, 3, 3, 1}, 9, 1, 7, 2, 5, 3, 0, 8, 4),
                new ImageShape(3, 3, 1),
                new Mode(bench.net(), "", 0, null))
            .maps()
            .get(0);
    float[] psi = new float[18];
    for (int i = 0; i < psi.length; i++) {
      psi[i] = i % 2 == 0 ? 1 : 0.5f;
    }
    float[] values = bench.value(map, Map.of(mask.psi().value(), psi));

    float heard = sparsity == Sparsity.CHANNEL ? 0.5f : 1;
    for (int i = 0; i < values.length; i += 2) {
      assertThat(values[i + 1]).isCloseTo(heard * values[i], within(1e-3f));
    }
    assertThat(values[0]).isGreaterThan(0.1f);
  }

  /** A mask of zero has a size of 0, whose root has no gradient. */
  @Test
  void anEmptyChannelBehindBatchNormHasNoGradient() {
    Convolution layer = new Convolution("conv1_1", 1, 2);
    SoftMask mask = mask(layer, settings(MaskStep.SGD, 1, Sparsity.CHANNEL, 0, 1), 1, 1, 1, 2);
    Variable gamma = bench.variable("conv1_1/gamma", Role.BIAS, new long[] {2}, 3, 3);
    Operand<TFloat32> heard =
        mask.masked(bench.tf(), Map.of("conv1_1/gamma", gamma)).get("conv1_1/gamma");
    Operand<TFloat32> gradient =
        bench
            .gradients(bench.tf().sum(heard, bench.tf().constant(0)), List.of(mask.psi().value()))
            .get(0);
    bench.initialise();

    Map<Operand<TFloat32>, float[]> psi = Map.of(mask.psi().value(), new float[] {0, 0.7f});
    assertThat(bench.value(heard, psi)).containsExactly(new float[] {0, 2.1f}, within(1e-6f));
    assertThat(bench.value(gradient, psi)).containsExactly(new float[] {0, 3}, within(1e-5f));
  }

  private static Backbone backbone(List<String> layers, int channels) {
    return new Backbone(
        new BackboneSettings(null, layers, List.of(), false), channels, Optional.empty());
  }

  /** Undoes the division of pixels by 255. */
  private Map<String, Operand<TFloat32>> plainInput(int channels) {
    float[] deviation = new float[channels];
    Arrays.fill(deviation, 1f / 255);
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    parameters.put(Backbone.INPUT_MEAN, bench.constant(new long[] {channels}, new float[channels]));
    parameters.put(Backbone.INPUT_DEVIATION, bench.constant(new long[] {channels}, deviation));
    return parameters;
  }

  /** Adds {@code zeros} zeros behind every {@code length} numbers. */
  private static float[] withZeros(float[] values, int length, int zeros) {
    float[] longer = new float[values.length / length * (length + zeros)];
    for (int i = 0; i < values.length; i++) {
      longer[i / length * (length + zeros) + i % length] = values[i];
    }
    return longer;
  }
}
