package dev.twofold.models.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Reference;
import dev.twofold.models.Reference.Case;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class ResNetTrunkTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  private static Backbone backbone(String name, Stem stem) {
    return new Backbone(
        new BackboneSettings(name, null, List.of(), null, stem), 3, Optional.empty());
  }

  /**
   * torchvision's documentation of its models gives 11,689,512, 21,797,672 and 25,557,032
   * parameters, of which the fully connected layer for 1,000 classes has 512·1000 + 1000 = 513,000,
   * or 2048·1000 + 1000 = 2,049,000: convolutions without bias, γ and β remain.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet18, 20, 11689512, 513000",
    "resnet34, 36, 21797672, 513000",
    "resnet50, 53, 25557032, 2049000"
  })
  void hasTheParametersOfThePublicNetworks(String name, int layers, long all, long dense) {
    Backbone backbone = backbone(name, Stem.LARGE);
    long trained =
        backbone.shapes(new ImageShape(224, 224, 3), 1000).entrySet().stream()
            .filter(parameter -> Backbone.role(parameter.getKey()).trainable())
            .filter(parameter -> !Backbone.isFullyConnected(parameter.getKey()))
            .mapToLong(parameter -> size(parameter.getValue()))
            .sum();

    assertThat(backbone.convolutions()).as("3 or 4 of them shortcuts").hasSize(layers);
    assertThat(trained).isEqualTo(all - dense);
  }

  private static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The same page: 1.81, 3.66 and 4.09 billion at 224×224. */
  @ParameterizedTest
  @CsvSource({"resnet18, 1.81", "resnet34, 3.66", "resnet50, 4.09"})
  void hasTheMultiplyAddsOfThePublicNetworks(String name, double billions) {
    assertThat(backbone(name, Stem.LARGE).multiplyAdds(new ImageShape(224, 224, 3)) / 1e9)
        .isCloseTo(billions, within(0.006));
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, SMALL, 32, 32, 16, 8, 4, 1",
    "resnet18, SMALL, 64, 64, 32, 16, 8, 1",
    "resnet18, LARGE, 224, 56, 28, 14, 7, 1",
    "resnet18, LARGE, 32, 8, 4, 2, 1, 1",
    "resnet50, SMALL, 33, 33, 17, 9, 5, 4",
    "resnet50, LARGE, 224, 56, 28, 14, 7, 4"
  })
  void stagesHalveTheMaps(
      String name, Stem stem, int image, int one, int two, int three, int four, int expansion) {
    Backbone backbone = backbone(name, stem);
    ImageShape shape = new ImageShape(image, image, 3);

    assertThat(backbone.stages()).isEqualTo(4);
    assertThat(backbone.stageShape(shape, 0)).isEqualTo(square(one, 64 * expansion));
    assertThat(backbone.stageShape(shape, 1)).isEqualTo(square(two, 128 * expansion));
    assertThat(backbone.stageShape(shape, 2)).isEqualTo(square(three, 256 * expansion));
    assertThat(backbone.stageShape(shape, 3)).isEqualTo(square(four, 512 * expansion));
    assertThat(backbone.shapes(shape, 10).get("head/kernel"))
        .as("global average pooling at every size")
        .containsExactly(512L * expansion, 10);
  }

  private static FeatureShape square(int side, int channels) {
    return new FeatureShape(side, side, channels);
  }

  @Test
  void convolutionsAreNamedByStageBlockAndPlace() {
    assertThat(backbone("resnet50", Stem.LARGE).convolutions().subList(0, 8))
        .containsExactly(
            new Convolution("conv1", 7, 2, 3, 64),
            new Convolution("conv2_1_1", 1, 1, 64, 64),
            new Convolution("conv2_1_2", 3, 1, 64, 64),
            new Convolution("conv2_1_3", 1, 1, 64, 256),
            new Convolution("conv2_1_shortcut", 1, 1, 64, 256),
            new Convolution("conv2_2_1", 1, 1, 256, 64),
            new Convolution("conv2_2_2", 3, 1, 64, 64),
            new Convolution("conv2_2_3", 1, 1, 64, 256));
    assertThat(backbone("resnet18", Stem.SMALL).convolutions().subList(4, 9))
        .containsExactly(
            new Convolution("conv2_2_2", 64, 64),
            new Convolution("conv3_1_1", 3, 2, 64, 128),
            new Convolution("conv3_1_2", 128, 128),
            new Convolution("conv3_1_shortcut", 1, 2, 64, 128),
            new Convolution("conv3_2_1", 128, 128));
  }

  @Test
  void aStrideOfTwoPadsAllSidesAlike() {
    Parameters ones =
        new Parameters(Map.of("c/kernel", bench.constant(new long[] {3, 3, 1, 1}, filled(9, 1))));
    Operand<TFloat32> map =
        bench.constant(
            new long[] {1, 4, 4, 1}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);

    assertThat(bench.value(new Convolution("c", 3, 2, 1, 1).apply(bench.tf(), ones, map)))
        .as("1+2+5+6, 2+3+4+6+7+8, 5+6+9+10+13+14, 6+…+16 of nine")
        .containsExactly(14, 30, 57, 99);
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"training", "prediction"})
  void aBlockWhoseLastGammaIsZeroIsTheIdentity(String mode) {
    Backbone backbone = backbone("resnet18", Stem.SMALL);
    ImageShape image = new ImageShape(5, 6, 3);
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    backbone
        .shapes(image, 2)
        .forEach(
            (name, shape) ->
                parameters.put(
                    name,
                    variable(
                        name,
                        shape,
                        name.matches("conv2_._2/(gamma|beta)")
                            ? () -> 0
                            : () -> 0.1 + random.nextDouble())));
    bench.initialise();
    StageOutput stage =
        backbone.stage(
            bench.tf(),
            new Parameters(parameters),
            bench.constant(new long[] {2, 5, 6, 3}, pixels(2 * 5 * 6 * 3)),
            0,
            image,
            mode.equals("training") ? new Mode(bench.net(), "", 0, null) : Mode.PREDICTION);

    assertThat(bench.value(stage.features()))
        .as("relu(x) of what leaves conv1, which is x")
        .isEqualTo(bench.value(stage.maps().get(0)))
        .hasSize(2 * 5 * 6 * 64);
  }

  /**
   * Moving statistics of the variables' names are updated in training, so these are variables too.
   */
  private Operand<TFloat32> variable(String name, long[] shape, DoubleSupplier values) {
    float[] start = new float[(int) size(shape)];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) values.getAsDouble();
    }
    return bench.variable(name, Backbone.role(name), shape, start).value();
  }

  private static float[] pixels(int size) {
    float[] pixels = new float[size];
    for (int i = 0; i < size; i++) {
      pixels[i] = i * 37 % 256;
    }
    return pixels;
  }

  static Stream<Case> references() {
    return Reference.of("resnet_forward").cases();
  }

  /** As {@code benchmarks/reference/resnet_forward.py} computes it. */
  @ParameterizedTest
  @MethodSource("references")
  void predictsAsAnIndependentImplementation(Case reference) {
    assertAgrees(reference.json(), "prediction", Mode.PREDICTION);
  }

  static Stream<Case> referencesOfTraining() {
    return references().filter(reference -> reference.json().has("training"));
  }

  @ParameterizedTest
  @MethodSource("referencesOfTraining")
  void trainsOnTheLogitsOfAnIndependentImplementation(Case reference) {
    assertAgrees(reference.json(), "training", new Mode(bench.net(), "", 0, null));
  }

  private void assertAgrees(JsonNode json, String logits, Mode mode) {
    int[] shape = Reference.read(json.get("shape"), int[].class);
    float[] found =
        logits(
            new Backbone(
                Reference.read(json.get("backbone"), BackboneSettings.class), 3, Optional.empty()),
            new ImageShape(shape[0], shape[1], shape[2]),
            json.get("images").asInt(),
            mode);

    assertThat(
            Reference.error(
                Reference.doubles(found), Reference.doubles(json.get(logits).get("values"))))
        .as("relative error of the logits")
        .isLessThan(Reference.TOLERANCE);
  }

  /** From parameters that are variables with a fixed sequence each. */
  private float[] logits(Backbone backbone, ImageShape image, int count, Mode mode) {
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    backbone
        .shapes(image, 3)
        .forEach(
            (name, shape) ->
                parameters.put(
                    name,
                    bench
                        .variable(
                            name,
                            Backbone.role(name),
                            shape,
                            sequence(name, shape, parameters.size() - 1))
                        .value()));
    bench.initialise();
    Operand<TFloat32> images =
        bench.constant(
            new long[] {count, image.height(), image.width(), 3}, pixels(count * image.size()));
    return bench.value(
        backbone.forward(bench.tf(), new Parameters(parameters), images, image, mode).logits());
  }

  /** Multiplicative hashing, as the script has it; {@code place} counts after the input's two. */
  private static float[] sequence(String parameter, long[] shape, int place) {
    float[] values = new float[(int) size(shape)];
    if (parameter.startsWith("input/")) {
      Arrays.fill(values, parameter.endsWith("deviation") ? 1 : 0);
      return values;
    }
    boolean kernel = parameter.endsWith("/kernel");
    double scale = kernel ? Math.sqrt(24.0 * shape[shape.length - 1] / values.length) : 0.2;
    double centre = parameter.endsWith("/gamma") || parameter.endsWith("/variance") ? 1 : 0;
    for (int i = 0; i < values.length; i++) {
      long hash = (i + 7919L * place) * 2654435761L & 0xffffffffL;
      values[i] = (float) (centre + scale * (hash / 4294967296.0 - 0.5));
    }
    return values;
  }
}
