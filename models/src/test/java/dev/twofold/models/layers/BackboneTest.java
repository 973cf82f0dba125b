package dev.twofold.models.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Bench;
import dev.twofold.models.Construction;
import dev.twofold.models.ImageShape;
import dev.twofold.models.training.TrainingSettings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Columns of one convolution that copies its input: what they do beside convolving. */
class BackboneTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  private static Backbone backbone(int channels, Optional<ImageShape> gridOf, String... layers) {
    return new Backbone(
        new BackboneSettings(null, List.of(layers), List.of(), false), channels, gridOf);
  }

  /** What enters the head: the last feature map, flat. */
  private float[] features(Backbone backbone, ImageShape image, float... pixels) {
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    backbone
        .shapes(image, 2)
        .forEach((name, shape) -> parameters.put(name, bench.constant(shape, start(name, shape))));
    return bench.value(
        backbone
            .forward(
                bench.tf(),
                new Parameters(parameters),
                bench.constant(
                    new long[] {1, image.height(), image.width(), image.channels()}, pixels),
                image,
                Mode.PREDICTION)
            .inputs()
            .get(0));
  }

  /** Each kernel passes on the channel of its number; pixels are not scaled. */
  private static float[] start(String name, long[] shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    if (name.equals(Backbone.INPUT_DEVIATION)) {
      Arrays.fill(values, 1f / 255);
    }
    if (shape.length == 4) {
      int in = (int) shape[2];
      int out = (int) shape[3];
      for (int c = 0; c < Math.min(in, out); c++) {
        values[(4 * in + c) * out + c] = 1;
      }
    }
    return values;
  }

  /**
   * Hidden layers that pass on ones, each by itself, and a head that shows what came through: 2,000
   * numbers of which 30 % (± .01) are dropped, and of two layers 51 %, if each drops others.
   */
  @Test
  void dropoutScalesWhatItKeepsAndDropsOthersInEachLayer() {
    float[] one = dropped(List.of(500), 5, 0);
    assertThat(one).containsOnly(0, 1 / .7f);
    assertThat(zeros(one)).isCloseTo(.3, within(.04));
    assertThat(Arrays.copyOfRange(one, 0, 500))
        .as("each image's")
        .isNotEqualTo(Arrays.copyOfRange(one, 500, 1000));
    assertThat(dropped(List.of(500), 5, 0)).as("the same step").isEqualTo(one);
    assertThat(dropped(List.of(500), 6, 0)).as("another step").isNotEqualTo(one);
    assertThat(dropped(List.of(500), 5, 1)).as("another task").isNotEqualTo(one);
    assertThat(zeros(dropped(List.of(500, 500), 5, 0))).isCloseTo(.51, within(.05));
  }

  private static double zeros(float[] values) {
    int zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    return (double) zeros / values.length;
  }

  /** Logits of four images by a network whose hidden layers come to 1. */
  private float[] dropped(List<Integer> hidden, long step, int taskIndex) {
    ImageShape image = new ImageShape(1, 1, 1);
    int width = hidden.get(0);
    BackboneSettings settings = new BackboneSettings(null, List.of("1"), hidden, false);
    Backbone backbone = new Backbone(settings, 1, Optional.empty());
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    backbone
        .shapes(image, width)
        .forEach(
            (name, shape) -> parameters.put(name, bench.constant(shape, passing(name, shape))));
    Construction construction =
        new Construction(
            bench.net(),
            List.of(),
            settings,
            null,
            TrainingSettings.tuned(),
            bench.tf().constant(new long[] {7, step}),
            1);
    return bench.value(
        backbone
            .forward(
                bench.tf(),
                new Parameters(parameters),
                bench.constant(new long[] {4, 1, 1, 1}, 1, 1, 1, 1),
                image,
                construction.training(taskIndex, "task"))
            .logits());
  }

  /** The identity behind a first layer of ones. */
  private static float[] passing(String name, long[] shape) {
    float[] values = start(name, shape);
    if (name.equals("fc1/bias")) {
      Arrays.fill(values, 1);
    } else if (shape.length == 2 && shape[0] == shape[1]) {
      for (int i = 0; i < shape[0]; i++) {
        values[i * (int) shape[0] + i] = 1;
      }
    }
    return values;
  }

  @Test
  void poolingLeavesAMapOfOneRowOrColumn() {
    assertThat(features(backbone(1, Optional.empty(), "1", "M"), new ImageShape(1, 3, 1), 1, 2, 3))
        .as("columns 0–1 and 2")
        .containsExactly(new float[] {2, 3}, within(1e-5f));
  }

  @Test
  void poolingTakesTheMaximumAndDropsAnOddRowAndColumn() {
    assertThat(
            features(
                backbone(1, Optional.empty(), "1", "M"),
                new ImageShape(3, 3, 1),
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9))
        .as("of rows and columns 0–1")
        .containsExactly(new float[] {5}, within(1e-5f));
  }

  @Test
  void aGridOfEqualSizeIsTheIdentity() {
    ImageShape image = new ImageShape(2, 3, 1);
    float[] pixels = {1, 2, 3, 4, 5, 6};
    float[] own = features(backbone(1, Optional.empty(), "1"), image, pixels);

    assertThat(features(backbone(1, Optional.of(new ImageShape(2, 3, 3)), "1"), image, pixels))
        .as("to the bit")
        .isEqualTo(own);
    assertThat(own).containsExactly(pixels, within(1e-5f));
  }

  @Test
  void aLargerMapIsAveragedToTheGrid() {
    assertThat(
            features(
                backbone(1, Optional.of(new ImageShape(2, 1, 1)), "1"),
                new ImageShape(4, 2, 1),
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8))
        .as("(1+2+3+4)/4 over (5+6+7+8)/4")
        .containsExactly(new float[] {2.5f, 6.5f}, within(1e-5f));
  }

  /** Rows 0..2 to two: rows 0–1 and 1–2, as adaptive average pooling overlaps them. */
  @Test
  void cellsOverlapWhereTheGridDoesNotDivideTheMap() {
    assertThat(
            features(
                backbone(1, Optional.of(new ImageShape(2, 1, 1)), "1"),
                new ImageShape(3, 1, 1),
                1,
                3,
                8))
        .containsExactly(new float[] {2, 5.5f}, within(1e-5f));
  }

  @Test
  void aSmallerMapIsRepeatedToTheGridAndChannelsStayLast() {
    assertThat(
            features(
                backbone(3, Optional.of(new ImageShape(2, 2, 3)), "3"),
                new ImageShape(1, 2, 3),
                1,
                2,
                3,
                4,
                5,
                6))
        .containsExactly(new float[] {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}, within(1e-5f));
  }

  @Test
  void greyImagesAreReplicatedWhereTheColumnHasColourKernels() {
    assertThat(features(backbone(3, Optional.empty(), "3"), new ImageShape(1, 2, 1), 1, 2))
        .containsExactly(new float[] {1, 1, 1, 2, 2, 2}, within(1e-5f));
  }

  /** .299·10 + .587·20 + .114·30, as a picture becomes grey. */
  @Test
  void colourImagesBecomeGreyWhereTheColumnHasGreyKernels() {
    assertThat(
            features(
                backbone(1, Optional.empty(), "1"), new ImageShape(1, 2, 3), 10, 20, 30, 7, 7, 7))
        .containsExactly(new float[] {18.15f, 7}, within(1e-4f));
  }

  @Test
  void negativeActivationsAreCut() {
    assertThat(features(backbone(1, Optional.empty(), "1"), new ImageShape(1, 3, 1), -1, 0, 2))
        .containsExactly(new float[] {0, 0, 2}, within(1e-5f));
  }

  @Test
  void aStageEndsWithItsPoolingAndTheLastMayLackOne() {
    Backbone stages = backbone(3, Optional.empty(), "4", "6", "M", "M", "8");
    ImageShape grey = new ImageShape(13, 9, 1);

    assertThat(stages.stages()).isEqualTo(3);
    assertThat(stages.stageShape(grey, 0)).isEqualTo(new FeatureShape(6, 4, 6));
    assertThat(stages.stageShape(grey, 1)).isEqualTo(new FeatureShape(3, 2, 6));
    assertThat(stages.stageShape(grey, 2)).isEqualTo(new FeatureShape(3, 2, 8));
  }

  @Test
  void aStageWithoutConvolutionsHasTheInputsChannels() {
    assertThat(backbone(3, Optional.empty(), "M", "4").stageShape(new ImageShape(4, 4, 1), 0))
        .as("grey images replicated to the column's channels")
        .isEqualTo(new FeatureShape(2, 2, 3));
  }
}
